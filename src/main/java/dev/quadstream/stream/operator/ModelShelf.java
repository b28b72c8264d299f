package dev.quadstream.stream.operator;

import dev.quadstream.json.PrintableText;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.QuadstreamOptions;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.training.MiningModel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry as mining reads it. */
final class ModelShelf {

  private static final Logger LOG = LoggerFactory.getLogger(ModelShelf.class);

  /** Asking takes one part of so many of the time, and a wait is longer by one part at most. */
  private static final int PARTS = 10;

  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final Duration WARN_AFTER = Duration.ofMinutes(1);

  /** Far longer than the trainer needs for the windows on their way to it. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final PipelineSettings settings;
  private final ModelRegistry registry;
  private final String name;
  private final Runnable onRefusal;
  private final Duration patience;

  /** A shelf that tells of each announcement that it refuses. */
  ModelShelf(PipelineSettings settings, Runnable onRefusal) {
    this(settings, onRefusal, PATIENCE);
  }

  ModelShelf(PipelineSettings settings, Runnable onRefusal, Duration patience) {
    this.settings = settings;
    this.onRefusal = onRefusal;
    this.patience = patience;
    this.registry = new ModelRegistry(settings.registryDirectory());
    this.name = settings.get(QuadstreamOptions.NETWORK_NAME);
  }

  /**
   * Takes up a model that the models topic announces. Others may write there too, and that must not
   * stop the stream: an announcement that leads to no such model is refused, and the registry's own
   * manifest of the version is taken instead.
   *
   * @param again a network to load it into, see {@link ModelFile#read(byte[], QuadrupletNetwork)}
   * @return the model, or empty where the registry has no such version now
   * @throws RegistryException if the announcement is the registry's own, and so the model damaged
   */
  Optional<MiningModel> loadAnnounced(ModelManifest announced, QuadrupletNetwork again)
      throws ModelFormatException {
    try {
      return Optional.of(load(announced, again));
    } catch (RegistryException | ModelFormatException failure) {
      ModelManifest.Identity named = announced.identity();
      Optional<ModelManifest> published = find(named.run(), named.shard(), named.version());
      if (published.isPresent() && namesTheSame(published.get(), announced)) {
        throw failure;
      }
      onRefusal.run();
      LOG.warn(
          "Refused a manifest of the models topic that announces version {} of run {}, shard {}, and leads to no such model: {}",
          named.version(),
          PrintableText.of(named.run()),
          named.shard(),
          PrintableText.of(failure.getMessage()));
      return published.isPresent() ? Optional.of(load(published.get(), again)) : Optional.empty();
    }
  }

  private static boolean namesTheSame(ModelManifest one, ModelManifest other) {
    return one.formatVersion() == other.formatVersion() && one.file().equals(other.file());
  }

  /** Takes a model up for mining, in {@code again} where that fits. */
  MiningModel load(ModelManifest manifest, QuadrupletNetwork again) throws ModelFormatException {
    LoadedModel model = ModelFile.read(bytes(manifest), again);
    return new MiningModel(
        manifest.identity().version(),
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
   * again and again: the less often, the longer that takes and the longer the wait has been.
   *
   * @param announced whether the models topic has announced it: a model is put down before it is
   *     announced, so one that stays away then is lost, or was never there
   * @throws RegistryException if it was announced and stays away
   */
  ModelManifest await(String run, int shard, long version, boolean announced)
      throws InterruptedException {
    long start = System.nanoTime();
    boolean warned = false;
    while (true) {
      long asked = System.nanoTime();
      Optional<ModelManifest> manifest = find(run, shard, version);
      long answered = System.nanoTime();
      if (manifest.isPresent()) {
        return manifest.get();
      }
      if (announced && answered - start > patience.toNanos()) {
        throw RegistryOption.named(
            settings,
            new RegistryException(
                "version %d of run %s, shard %d was announced and is not there after %d s. Either this is not the registry that the trainer publishes to, or the model was deleted, or the announcement was forged."
                    .formatted(version, run, shard, patience.toSeconds()),
                null));
      }
      if (!warned && answered - start > WARN_AFTER.toNanos()) {
        LOG.warn(
            "Shard {} has waited a minute for model version {} in the registry. Is the trainer running, and does it write to the same registry.directory?",
            shard,
            version);
        warned = true;
      }
      long pause = Math.max(PARTS * (answered - asked), (answered - start) / PARTS);
      TimeUnit.NANOSECONDS.sleep(
          Math.max(SHORTEST_PAUSE_NANOS, Math.min(LONGEST_PAUSE_NANOS, pause)));
    }
  }
}
