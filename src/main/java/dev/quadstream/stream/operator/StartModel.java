package dev.quadstream.stream.operator;

import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.network.file.ModelParameters;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.RegistryFiles;
import dev.quadstream.stream.options.Directories;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import dev.quadstream.training.MergedModel;
import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/**
 * The model that a new run starts from. It becomes version 0 of the run in the registry before the
 * first window, so that everything finds it there as it finds the others, and the file that was
 * given may change or go.
 */
public final class StartModel {

  private final PipelineSettings settings;
  private final byte[] bytes;
  private final ModelInfo info;

  private StartModel(PipelineSettings settings, byte[] bytes, ModelInfo info) {
    this.settings = settings;
    this.bytes = bytes;
    this.info = info;
  }

  /**
   * The model of the option, or empty where a run starts from the network that the seed makes.
   *
   * @throws StartRefusedException if it is not there, no model, or not of the network that the
   *     options ask for
   */
  public static Optional<StartModel> of(PipelineSettings settings) {
    String given = settings.get(NetworkConfig.START_FROM);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path file = new Path(Directories.asUri(given));
      byte[] bytes =
          new RegistryFiles(file.getParent())
              .read(file, ModelRegistry.DEFAULT_MAX_MODEL_BYTES)
              .orElseThrow(() -> new RegistryException(file + " is not there.", null));
      ModelParameters model = parameters(bytes);
      requireSame(given, model.spec(), settings.network());
      return Optional.of(new StartModel(settings, bytes, model.info()));
    } catch (RegistryException e) {
      throw StartRefusedException.passing(message(given, e), e);
    } catch (ModelFormatException e) {
      throw new StartRefusedException(message(given, e), e);
    }
  }

  private static ModelParameters parameters(byte[] bytes) throws ModelFormatException {
    return ModelFile.allParameters(new ByteArrayInputStream(bytes), bytes.length);
  }

  private static String message(String given, Exception refusal) {
    return "Option %s = %s: %s"
        .formatted(NetworkConfig.START_FROM.key(), given, refusal.getMessage());
  }

  private static void requireSame(String given, NetworkSpec saved, NetworkSpec asked) {
    if (!saved.configHash().equals(asked.configHash())) {
      throw new StartRefusedException(
          "Option %s = %s: it is a model of %s, and the options ask for %s. Set network.trunk, network.backbone, image.channels, image.height, image.width, network.embedding-size and network.metric to its own, or give another model."
              .formatted(NetworkConfig.START_FROM.key(), given, textOf(saved), textOf(asked)));
    }
  }

  private static String textOf(NetworkSpec spec) {
    return "trunk %s, input %s, backbone %s, embedding size %d, metric %s"
        .formatted(
            spec.trunk().optionName(),
            spec.input(),
            spec.backbone() == null ? "none" : spec.backbone(),
            spec.embeddingSize(),
            spec.metric().optionName());
  }

  /** As version 0 of a run in this process. */
  public MergedModel asVersion0() {
    try {
      return MergedFacts.of("", 0, parameters(bytes));
    } catch (ModelFormatException e) {
      throw new IllegalStateException("It has been read before.", e);
    }
  }

  /** Puts it into the registry as version 0 of a run. */
  ModelManifest publish(String run) {
    return new ModelRegistry(settings.registryDirectory())
        .publish(
            ModelManifest.draft(
                new ModelManifest.Identity(settings.get(NetworkConfig.NAME), run, 0),
                -1,
                System.currentTimeMillis(),
                MergedFacts.network(settings.network()),
                new ModelManifest.Margins(info.alpha1(), info.alpha2()),
                Map.of()),
            bytes);
  }
}
