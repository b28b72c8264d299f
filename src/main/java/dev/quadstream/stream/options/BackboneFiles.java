package dev.quadstream.stream.options;

import dev.quadstream.backbone.BackboneOptions;
import dev.quadstream.backbone.OnnxBackbone;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.Backbones;
import dev.quadstream.network.FrozenBackbone;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;

/** Backbones of the options, each loaded once in a process. Thread-safe. */
final class BackboneFiles {

  /** What one array holds, less what ONNX Runtime's own format needs for itself. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})(?:x(\\d{1,5}))?");

  private static final Map<String, OnnxBackbone> LOADED = new HashMap<>();

  private BackboneFiles() {}

  /**
   * The backbone that the options name, which is among {@link Backbones} from here on.
   *
   * @throws InvalidOptionException naming file and reason where there is none that can serve
   */
  static synchronized FrozenBackbone load(ReadableConfig config) {
    String file = config.get(NetworkConfig.BACKBONE);
    BackboneOptions options = options(config);
    try {
      Path path = new Path(Directories.asUri(file));
      FileStatus status = path.getFileSystem().getFileStatus(path);
      String state =
          "%s %d %d %s".formatted(path, status.getLen(), status.getModificationTime(), options);
      OnnxBackbone backbone = LOADED.get(state);
      if (backbone == null) {
        backbone = OnnxBackbone.load(file, read(path, status), options);
        LOADED.put(state, backbone);
        Backbones.put(backbone);
      }
      return backbone;
    } catch (NoClassDefFoundError e) {
      throw new InvalidOptionException(
          NetworkConfig.BACKBONE.key(),
          file,
          "it takes ONNX Runtime, which is not on the class path (no class %s). Copy every jar of lib/ of the distribution into Flink's lib/ on every machine, and start Flink again"
              .formatted(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(NetworkConfig.BACKBONE.key(), file, e);
    } catch (IOException e) {
      throw new InvalidOptionException(
          NetworkConfig.BACKBONE.key(),
          file,
          "the file cannot be read (%s). Give the path of an ONNX file, or its URI on a file system that Flink knows"
              .formatted(e.getMessage()),
          e);
    }
  }

  /**
   * The same where it must be one that is known.
   *
   * @throws InvalidOptionException naming both where it is another one
   */
  static FrozenBackbone load(ReadableConfig config, BackboneSpec expected) {
    FrozenBackbone backbone = load(config);
    if (!backbone.spec().equals(expected)) {
      throw new InvalidOptionException(
          NetworkConfig.BACKBONE.key(),
          config.get(NetworkConfig.BACKBONE),
          "this machine has %s there, and the job was started with %s: put the same file on every machine, or on a file system that all see"
              .formatted(backbone.spec(), expected));
    }
    return backbone;
  }

  /** Frees the native memory of all that are loaded, which nobody may use any more. */
  static synchronized void close() {
    for (OnnxBackbone backbone : LOADED.values()) {
      Backbones.remove(backbone);
      backbone.close();
    }
    LOADED.clear();
  }

  private static byte[] read(Path path, FileStatus status) throws IOException {
    if (status.isDir()) {
      throw new IOException("it is a directory");
    }
    if (status.getLen() > MAX_BYTES) {
      throw new IOException("it has " + status.getLen() + " bytes, and 2 GiB is the most");
    }
    try (FSDataInputStream in = path.getFileSystem().open(path)) {
      return in.readAllBytes();
    }
  }

  private static BackboneOptions options(ReadableConfig config) {
    Optional<Matcher> size =
        config.getOptional(NetworkConfig.BACKBONE_SIZE).map(BackboneFiles::sides);
    try {
      return new BackboneOptions(
          config.get(NetworkConfig.BACKBONE_OUTPUT),
          config.get(NetworkConfig.BACKBONE_LAYOUT),
          config.getOptional(ImageConfig.CHANNELS).orElse(null),
          size.map(sides -> Integer.valueOf(sides.group(1))).orElse(null),
          size.map(sides -> Integer.valueOf(sides.group(sides.group(2) == null ? 1 : 2)))
              .orElse(null),
          numbers(config, NetworkConfig.BACKBONE_MEAN),
          numbers(config, NetworkConfig.BACKBONE_DEVIATION));
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(
          "network.backbone.mean, network.backbone.std", e.getMessage());
    }
  }

  private static Matcher sides(String text) {
    Matcher sides = SIZE.matcher(text.trim());
    if (!sides.matches()) {
      throw new InvalidOptionException(
          NetworkConfig.BACKBONE_SIZE.key(),
          text,
          "it must be the pixels of each side, as 224, or height x width, as 256x128");
    }
    return sides;
  }

  private static List<Float> numbers(ReadableConfig config, ConfigOption<String> option) {
    String text = config.get(option).trim();
    try {
      return text.isEmpty()
          ? List.of()
          : Stream.of(text.split(",")).map(number -> Float.valueOf(number.trim())).toList();
    } catch (NumberFormatException e) {
      throw new InvalidOptionException(
          option.key(), text, "it must be numbers separated by commas, one for each channel");
    }
  }
}
