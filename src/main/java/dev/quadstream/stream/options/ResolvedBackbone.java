package dev.quadstream.stream.options;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.FrozenBackbone;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What the file of {@link NetworkConfig#BACKBONE} turned out to be where the program was started.
 * It travels with the options, so that operators that do not run the file need not read it.
 *
 * @param spec which one it is
 * @param input the size of the images that it reads
 * @param fileBytes of its file
 */
record ResolvedBackbone(BackboneSpec spec, ImageShape input, long fileBytes) {

  /** Of one start and not of a pipeline, so no option to be found in a file. */
  private static final ConfigOption<List<String>> KEY =
      ConfigOptions.key("resolved-backbone").stringType().asList().noDefaultValue();

  /**
   * Reads the file that the options name, if they name one, and notes what it is.
   *
   * @throws InvalidOptionException naming file and reason where there is none that can serve, or a
   *     size of images that it does not read
   */
  static void resolve(Configuration config) {
    if (config.get(NetworkConfig.BACKBONE).isEmpty()) {
      config.removeConfig(KEY);
      return;
    }
    FrozenBackbone backbone = BackboneFiles.load(config);
    BackboneSpec spec = backbone.spec();
    ImageShape input = backbone.input();
    ImageConfig.requireUnsetOr(config, input);
    config.set(
        KEY,
        List.of(
            spec.sha256(),
            Integer.toString(spec.features()),
            spec.feeding(),
            Integer.toString(input.channels()),
            Integer.toString(input.height()),
            Integer.toString(input.width()),
            Long.toString(backbone.fileBytes())));
  }

  /** The one that was noted; empty for none. */
  static Optional<ResolvedBackbone> of(ReadableConfig config) {
    return config.getOptional(KEY).map(ResolvedBackbone::read);
  }

  private static ResolvedBackbone read(List<String> parts) {
    return new ResolvedBackbone(
        new BackboneSpec(parts.get(0), Integer.parseInt(parts.get(1)), parts.get(2)),
        new ImageShape(
            Integer.parseInt(parts.get(3)),
            Integer.parseInt(parts.get(4)),
            Integer.parseInt(parts.get(5))),
        Long.parseLong(parts.get(6)));
  }
}
