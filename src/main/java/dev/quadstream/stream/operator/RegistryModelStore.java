package dev.quadstream.stream.operator;

import dev.quadstream.json.PrintableText;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.MiningConfig.MissingModel;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.RegistryOption;
import dev.quadstream.stream.startup.FinalFailure;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.MergedModels;
import dev.quadstream.training.MiningModel;
import dev.quadstream.training.ModelStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as the job reads it: versions are asked for where the models topic has announced
 * them, and where it announces a later one, since they are published in order.
 *
 * <p>Others may write to the topic, too, and that must not stop the stream: an announcement that
 * leads to no such model is refused, and the registry's own manifest of the version is taken.
 */
final class RegistryModelStore implements ModelStore, MergedModels {

  private static final Logger LOG = LoggerFactory.getLogger(RegistryModelStore.class);

  private static final int TIMEOUTS_FOR_TRAINER = 12;
  private static final Duration WARN_AFTER = Duration.ofMinutes(1);

  private final PipelineSettings settings;
  private final ModelRegistry registry;
  private final String name;
  private final AnnouncedModels announced;
  private final ModelLineage lineage;
  private final Runnable onRefusal;
  private final Duration timeout;
  private final boolean mayFallBack;

  /** By run and version: after their number changed, replicas here wait for different ones. */
  private final Map<String, Missing> missing = new HashMap<>();

  private ModelManifest refused;
  private String missingRelease;

  /** A version that is not there. */
  private static final class Missing {
    private final long since = System.nanoTime();
    private boolean givenUp;
    private boolean warned;
  }

  /**
   * A store that tells of each announcement that it refuses.
   *
   * @param lineage what must not be mined with, though it is there
   * @param timeout after which a model that was announced and is not there is an error; twelve
   *     times as long for one that was not
   */
  RegistryModelStore(
      PipelineSettings settings,
      AnnouncedModels announced,
      ModelLineage lineage,
      Runnable onRefusal,
      Duration timeout) {
    this.settings = settings;
    this.announced = announced;
    this.lineage = lineage;
    this.onRefusal = onRefusal;
    this.timeout = timeout;
    this.mayFallBack = settings.get(MiningConfig.MISSING_MODEL) == MissingModel.NEAREST;
    this.registry = new ModelRegistry(settings.registryDirectory());
    this.name = settings.get(NetworkConfig.NAME);
  }

  /** A store for what is known to be there. */
  static RegistryModelStore ofTrainer(PipelineSettings settings) {
    return new RegistryModelStore(settings, null, null, () -> {}, Duration.ZERO);
  }

  /**
   * {@inheritDoc}
   *
   * @throws RegistryException if the version is damaged, or was announced and stays away, unless
   *     {@link MiningConfig#MISSING_MODEL} has another stand in for it
   */
  @Override
  public Optional<MiningModel> find(String run, long version, QuadrupletNetwork reuse) {
    if (version == 0) {
      return Optional.of(initial(run));
    }
    Missing known = missing.get(keyOf(run, version));
    if (known != null && known.givenUp) {
      return Optional.of(fallback(run, version, reuse));
    }
    ModelManifest manifest = announced.find(run, version);
    if (manifest == null && !announced.hasLater(run, version)) {
      return Optional.empty();
    }
    Optional<MiningModel> model;
    try {
      model =
          manifest == null || manifest.equals(refused)
              ? publishedToMine(run, version).map(found -> load(found, reuse))
              : loadAnnounced(manifest, reuse);
    } catch (RegistryException e) {
      if (!mayFallBack) {
        throw e;
      }
      LOG.warn("Version {} of run {} cannot be mined with: {}", version, run, e.getMessage());
      model = Optional.empty();
    }
    if (model.isPresent()) {
      missing.remove(keyOf(run, version));
      return model;
    }
    return isGivenUp(run, version, manifest != null)
        ? Optional.of(fallback(run, version, reuse))
        : model;
  }

  /**
   * Asks the registry for a version that may not have been announced yet, which costs more.
   *
   * @return whether it is there, and is found from now on
   */
  boolean lookUp(String run, long version) {
    Optional<ModelManifest> manifest = publishedToMine(run, version);
    if (manifest.isEmpty()) {
      return isGivenUp(run, version, announced.find(run, version) != null);
    }
    announced.add(manifest.get(), manifest.get().identity().run());
    return true;
  }

  /** The nearest version that can be read, or what the run began with. */
  private MiningModel fallback(String run, long version, QuadrupletNetwork reuse) {
    List<ModelManifest> nearestFirst =
        registry.listReadable(name, run).stream()
            .filter(manifest -> !lineage.isGivenUp(manifest))
            .sorted(
                Comparator.comparingLong(
                    manifest -> Math.abs(manifest.identity().version() - version)))
            .toList();
    for (ModelManifest manifest : nearestFirst) {
      try {
        return load(manifest, reuse);
      } catch (RegistryException e) {
        LOG.warn("{} cannot be mined with: {}", manifest.file().path(), e.getMessage());
      }
    }
    return initial(run);
  }

  /** What the run began with: the model that it was given, or the network that the seed makes. */
  private MiningModel initial(String run) {
    QuadrupletNetwork network =
        QuadrupletNetwork.create(
            settings.network(), settings.get(NetworkConfig.EMBEDDING_PRECISION));
    MarginRule margins = settings.margins();
    Optional<MergedModel> given = find(run, 0);
    given.ifPresent(model -> network.setParameters(model.parameters().average()));
    return new MiningModel(
        0,
        network,
        given
            .map(model -> margins.marginsFor(model.warmingUp(), model.means()))
            .orElse(margins.fixed()));
  }

  /**
   * A version that is live, or empty where it is lost, which is told once for each.
   *
   * @param onMissing called when it is told
   * @throws RegistryException if it is only out of reach: what goes out in its place bears other
   *     numbers, so that a job that starts again until it is back costs less
   */
  Optional<MiningModel> released(
      String run, long version, QuadrupletNetwork reuse, Runnable onMissing) {
    if (version == 0) {
      return Optional.of(initial(run));
    }
    String asked = run + "/" + version;
    if (asked.equals(missingRelease)) {
      return Optional.empty();
    }
    String why = "It is not in the registry.";
    try {
      Optional<MiningModel> model = loadPublished(run, version, reuse);
      if (model.isPresent()) {
        return model;
      }
      requireRun(run, version);
    } catch (RegistryException e) {
      if (!e.isLost()) {
        throw e;
      }
      why = e.getMessage();
    }
    missingRelease = asked;
    onMissing.run();
    LOG.error(
        "Version {} is live and cannot be loaded: {} Until another is released, images are embedded by the model that mines, each under its own version. By the gate none is any more, as nothing can be compared with what is live: make one live whose file is there (quadstream release pin).",
        version,
        why);
    return Optional.empty();
  }

  private void requireRun(String run, long version) {
    if (!registry.contains(name, run)) {
      throw RegistryOption.named(
          settings,
          new RegistryException(
              "version %d is not there, nor is anything of its run %s: is this the directory that the job publishes to, and is it mounted?"
                  .formatted(version, run),
              null));
    }
  }

  private Optional<MiningModel> loadPublished(String run, long version, QuadrupletNetwork reuse) {
    return published(run, version).map(manifest -> load(manifest, reuse));
  }

  private Optional<MiningModel> loadAnnounced(ModelManifest manifest, QuadrupletNetwork reuse) {
    try {
      MiningModel model = load(manifest, reuse);
      // What an announcement says of the release is not vouched for by the model's checksum.
      return Optional.of(
          model.liveAsOf(
              published(manifest.identity().run(), model.version())
                  .map(RegistryModelStore::releaseOf)
                  .orElse(model.version())));
    } catch (RegistryException failure) {
      Optional<ModelManifest> published =
          published(manifest.identity().run(), manifest.identity().version());
      if (published.isPresent() && namesTheSame(published.get(), manifest)) {
        throw failure;
      }
      // Remembered, so that it is refused once and not for each window that comes meanwhile.
      refused = manifest;
      onRefusal.run();
      LOG.warn(
          "Refused a manifest of the models topic that announces version {} of run {} and leads to no such model: {}",
          manifest.identity().version(),
          PrintableText.of(manifest.identity().run()),
          PrintableText.of(failure.getMessage()));
      return published.filter(found -> !lineage.isGivenUp(found)).map(found -> load(found, reuse));
    }
  }

  private static boolean namesTheSame(ModelManifest one, ModelManifest other) {
    return one.formatVersion() == other.formatVersion() && one.file().equals(other.file());
  }

  /**
   * {@inheritDoc}
   *
   * @throws RegistryException if it is not there, or damaged, or not of this program's making, and
   *     {@link MiningConfig#MISSING_MODEL} does not say to go on without it
   */
  @Override
  public Optional<MergedModel> find(String run, long version) {
    try {
      return merge(run, version);
    } catch (RegistryException e) {
      // What a run began with is not near anything else.
      if (!mayFallBack || version == 0) {
        throw e;
      }
      LOG.warn(
          "A replica goes on without the merge that is version {}: {}", version, e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<MergedModel> merge(String run, long version) {
    Optional<ModelManifest> published = published(run, version);
    if (published.isEmpty() && version == 0) {
      requireBegunWithout(run);
      return Optional.empty();
    }
    ModelManifest manifest =
        published.orElseThrow(
            () ->
                RegistryOption.named(
                    settings,
                    new RegistryException(
                        "version %d of run %s, which a batch was mined with, is not there any more: was it deleted? %s=nearest goes on without it."
                            .formatted(version, run, MiningConfig.MISSING_MODEL.key()),
                        null)));
    return Optional.of(
        read(
            manifest,
            () -> MergedFacts.of(run, version, registry.load(manifest, ModelFile::allParameters))));
  }

  /** Only the option tells whether a run without version 0 began with the network of its seed. */
  private void requireBegunWithout(String run) {
    String start = NetworkConfig.START_FROM.key();
    if (settings.get(NetworkConfig.START_FROM).isEmpty()) {
      return;
    }
    requireRun(run, 0);
    throw FinalFailure.of(
        RegistryOption.named(
            settings,
            RegistryException.lost(
                "version 0 of run %s is not there, and %s is set. If the run began without %s, it goes on once you take the option away; if it began with it, put the file of version 0 and its manifest back."
                    .formatted(run, start, start))));
  }

  private MiningModel load(ModelManifest manifest, QuadrupletNetwork reuse) {
    return read(
        manifest,
        () -> {
          LoadedModel model =
              registry
                  .load(manifest, ModelFile::parameters)
                  .load(reuse, settings.get(NetworkConfig.EMBEDDING_PRECISION));
          return new MiningModel(
              manifest.identity().version(),
              model.network(),
              new Margins(model.info().alpha1(), model.info().alpha2()),
              releaseOf(manifest));
        });
  }

  /** Where a manifest says nothing of releases, an earlier program served each version. */
  private static long releaseOf(ModelManifest manifest) {
    return manifest.release() == null ? manifest.identity().version() : manifest.release().live();
  }

  /** What reads a model. */
  private interface Reader<T> {
    T read() throws ModelFormatException;
  }

  private <T> T read(ModelManifest manifest, Reader<T> reader) {
    try {
      return reader.read();
    } catch (ModelFormatException e) {
      throw RegistryOption.named(
          settings,
          RegistryException.lost(
              "%s is no model: %s".formatted(manifest.file().path(), e.getMessage())));
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
  }

  private Optional<ModelManifest> publishedToMine(String run, long version) {
    return published(run, version).filter(manifest -> !lineage.isGivenUp(manifest));
  }

  private Optional<ModelManifest> published(String run, long version) {
    try {
      return registry.find(name, run, version);
    } catch (RegistryException e) {
      throw RegistryOption.named(settings, e);
    }
  }

  /**
   * Whether the version is gone, so that another stands in for it.
   *
   * @throws RegistryException if it is gone and none may
   */
  private boolean isGivenUp(String run, long version, boolean wasAnnounced) {
    Missing model = missing.computeIfAbsent(keyOf(run, version), key -> new Missing());
    Duration waited = Duration.ofNanos(System.nanoTime() - model.since);
    // They are published in order: what is not there beside a later one does not come any more.
    boolean passed = announced.hasLater(run, version);
    // A model is put down before it is announced; one that is yet to be trained takes its time.
    Duration most = wasAnnounced || passed ? timeout : timeout.multipliedBy(TIMEOUTS_FOR_TRAINER);
    boolean tooLong = waited.compareTo(most) > 0;
    if (mayFallBack && (tooLong || passed)) {
      model.givenUp = true;
      LOG.warn("Version {} of run {} is gone: the nearest stands in for it.", version, run);
      return true;
    }
    if (tooLong) {
      throw RegistryOption.named(
          settings,
          new RegistryException(
              "version %d of run %s %s and is not there after %d s. Either this is not the registry that the trainer publishes to, or the model was deleted, or the announcement was forged. Where %s or %s was raised, older versions are asked for than were kept: set it back. If it is gone, %s=nearest goes on without it."
                  .formatted(
                      version,
                      run,
                      wasAnnounced ? "was announced" : "is waited for",
                      waited.toSeconds(),
                      MiningConfig.STALENESS.key(),
                      JobConfig.PUBLISH_EVERY.key(),
                      MiningConfig.MISSING_MODEL.key()),
              null));
    }
    if (!model.warned && waited.compareTo(WARN_AFTER) > 0) {
      model.warned = true;
      LOG.warn(
          "Mining has waited a minute for model version {} of run {} in the registry. Is the trainer running, and does it write to the same registry.directory?",
          version,
          run);
    }
    return false;
  }

  private static String keyOf(String run, long version) {
    return run + "/" + version;
  }
}
