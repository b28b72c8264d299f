package dev.quadstream.stream;

import dev.quadstream.metric.Margins;
import dev.quadstream.network.LoadedModel;
import dev.quadstream.network.ModelFile;
import dev.quadstream.network.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.training.MiningModel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry as mining reads it. */
final class ModelShelf {

  private static final Logger LOG = LoggerFactory.getLogger(ModelShelf.class);
  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 200;
  private static final Duration WARN_AFTER = Duration.ofMinutes(1);

  private final PipelineSettings settings;
  private final ModelRegistry registry;
  private final String name;

  ModelShelf(PipelineSettings settings) {
    this.settings = settings;
    this.registry = new ModelRegistry(settings.registryDirectory());
    this.name = settings.get(QuadstreamOptions.NETWORK_NAME);
  }

  /** Takes a model up for mining. */
  MiningModel load(ModelManifest manifest) throws ModelFormatException {
    LoadedModel model = ModelFile.read(bytes(manifest));
    return new MiningModel(
        manifest.version(),
        model.network(),
        new Margins(model.info().alpha1(), model.info().alpha2()));
  }

  /** The manifest of a version, if it is in the registry now. */
  Optional<ModelManifest> find(String run, int shard, long version) {
    try {
      return registry.find(name, run, shard, version);
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
  }

  private byte[] bytes(ModelManifest manifest) {
    try {
      return registry.load(manifest);
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
  }

  /**
   * Waits until a version is in the registry. File systems at large cannot notify, so it is asked
   * again and again, ever less often.
   */
  ModelManifest await(String run, int shard, long version) throws InterruptedException {
    long start = System.nanoTime();
    long pause = FIRST_PAUSE_MILLIS;
    boolean warned = false;
    while (true) {
      Optional<ModelManifest> manifest = find(run, shard, version);
      if (manifest.isPresent()) {
        return manifest.get();
      }
      if (!warned && System.nanoTime() - start > WARN_AFTER.toNanos()) {
        LOG.warn(
            "Shard {} has waited a minute for model version {} in the registry. Is the trainer running, and does it write to the same registry.directory?",
            shard,
            version);
        warned = true;
      }
      TimeUnit.MILLISECONDS.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }
}
