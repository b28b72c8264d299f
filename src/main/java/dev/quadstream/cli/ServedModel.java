package dev.quadstream.cli;

import dev.quadstream.digest.Sha256;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Release;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A model that embeds for others; close its network.
 *
 * @param release what its embeddings belong to
 * @param network to embed with
 */
record ServedModel(ReleaseKey release, QuadrupletNetwork network) {

  private static final String RUN = "run";

  /**
   * The model that is asked for.
   *
   * @param model a file, or a version of the newest run in the registry; null for the live release
   * @throws CommandException if it is not there, or not what it is said to be
   */
  static ServedModel of(String model, PipelineSettings settings, KafkaCluster kafka)
      throws IOException {
    if (model == null) {
      return live(settings, kafka);
    }
    return model.matches("\\d{1,18}")
        ? ofNewestRun(Long.parseLong(model), settings)
        : ofFile(Path.of(model));
  }

  /**
   * The release that is asked for, without its model.
   *
   * @param version of the newest run in the registry; null for the live release
   */
  static ReleaseKey release(Long version, PipelineSettings settings, KafkaCluster kafka) {
    if (version != null) {
      return new ReleaseKey(newestRun(settings), version);
    }
    ModelManifest.Identity live = pointer(settings.get(NetworkConfig.NAME), kafka).identity();
    return new ReleaseKey(live.run(), live.version());
  }

  /**
   * From when on a release is the model that the registry has of it: when that was made, where its
   * run was set back and another had the version before. Before all time where none had: after a
   * clock was set back, a model may seem to be younger than what it embedded.
   */
  static long createdAt(ReleaseKey release, PipelineSettings settings) {
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    return registry
        .find(settings.get(NetworkConfig.NAME), release.run(), release.release())
        .filter(registry::wasAnother)
        .map(ModelManifest::createdAt)
        .orElse(Long.MIN_VALUE);
  }

  /** 'train' makes a model and no run: there its content stands for it. */
  private static ServedModel ofFile(Path file) throws IOException {
    byte[] bytes = ModelArgument.bytes(file);
    LoadedModel loaded = ModelArgument.read(file, bytes);
    String run = loaded.info().extra().getOrDefault(RUN, "file-" + Sha256.of(bytes));
    return new ServedModel(new ReleaseKey(run, loaded.info().version()), loaded.network());
  }

  private static ServedModel ofNewestRun(long version, PipelineSettings settings) {
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    return load(registry, found(registry, settings, newestRun(settings), version));
  }

  private static String newestRun(PipelineSettings settings) {
    String name = settings.get(NetworkConfig.NAME);
    return new ModelRegistry(settings.registryDirectory())
        .latest(name)
        .map(newest -> newest.identity().run())
        .orElseThrow(
            () ->
                CommandException.failed(
                    "The registry %s has no model of network %s."
                        .formatted(settings.registryDirectory(), name),
                    null));
  }

  private static ServedModel live(PipelineSettings settings, KafkaCluster kafka) {
    Release live = pointer(settings.get(NetworkConfig.NAME), kafka);
    ModelManifest.Identity identity = live.identity();
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    ModelManifest manifest = found(registry, settings, identity.run(), identity.version());
    if (!manifest.file().sha256().equals(live.file().sha256())) {
      throw CommandException.failed(
          "Topic %s says that the live version %d of run %s has sha256 %s, and in the registry %s it has %s."
              .formatted(
                  kafka.topics().releases(),
                  identity.version(),
                  identity.run(),
                  live.file().sha256(),
                  settings.registryDirectory(),
                  manifest.file().sha256()),
          null);
    }
    return load(registry, manifest);
  }

  private static Release pointer(String name, KafkaCluster kafka) {
    try (ReleasePointer pointer = new ReleasePointer(name, kafka)) {
      return pointer
          .now()
          .orElseThrow(
              () ->
                  CommandException.usage(
                      ("Topic %s names no live model of network %s: nothing is released yet. The first version"
                              + " is as soon as the job (bin/quadstream run) has published it; without one, give a"
                              + " version of the registry.")
                          .formatted(kafka.topics().releases(), name)));
    }
  }

  private static ModelManifest found(
      ModelRegistry registry, PipelineSettings settings, String run, long version) {
    return registry
        .find(settings.get(NetworkConfig.NAME), run, version)
        .orElseThrow(
            () ->
                CommandException.failed(
                    "Version %d of run %s is not in the registry %s: it was not published there, or is deleted."
                        .formatted(version, run, settings.registryDirectory()),
                    null));
  }

  private static ServedModel load(ModelRegistry registry, ModelManifest manifest) {
    try {
      LoadedModel loaded = registry.load(manifest, ModelFile::parameters).loadToEmbed();
      return new ServedModel(
          new ReleaseKey(manifest.identity().run(), manifest.identity().version()),
          loaded.network());
    } catch (ModelFormatException | RegistryException e) {
      throw CommandException.failed("%s: %s".formatted(manifest.file().path(), e.getMessage()), e);
    }
  }
}
