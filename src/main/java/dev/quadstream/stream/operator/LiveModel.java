package dev.quadstream.stream.operator;

import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that is live as of the newest manifest, loaded when it is asked for: the released one
 * where the manifest says which that is, else its own. Version 0 without a file is the network that
 * the seed makes. Where that cannot be loaded, the one before it stays. Not thread-safe; closes its
 * network.
 */
final class LiveModel implements AutoCloseable {

  private static final long RETRY_NANOS = 1_000_000_000;
  private static final Logger LOG = LoggerFactory.getLogger(LiveModel.class);

  private final String name;
  private final NetworkSpec spec;
  private final EmbeddingPrecision precision;
  private final ModelRegistry registry;
  private ModelManifest newest;
  private Loaded loaded;
  private ModelManifest.Identity failed;
  private long failedAt;

  /**
   * A model that is at hand.
   *
   * @param identity which one
   * @param network for inference only
   */
  record Loaded(ModelManifest.Identity identity, QuadrupletNetwork network) {}

  LiveModel(PipelineSettings settings) {
    this.name = settings.get(NetworkConfig.NAME);
    this.spec = settings.network();
    this.precision = settings.embeddingPrecision();
    this.registry = new ModelRegistry(settings.registryDirectory());
  }

  /** Takes a manifest up; returns whether it is of this network and so the newest. */
  boolean announce(ModelManifest manifest) {
    if (!manifest.identity().name().equals(name)
        || !spec.configHash().equals(manifest.network().configHash())) {
      return false;
    }
    newest = manifest;
    return true;
  }

  /** The live model, or empty where there is none yet or none can be loaded. */
  Optional<Loaded> get() {
    if (newest != null) {
      ModelManifest.Identity live = liveIdentity();
      if ((loaded == null || !loaded.identity.equals(live)) && !hasJustFailed(live)) {
        load(live);
      }
    }
    return Optional.ofNullable(loaded);
  }

  /** A registry that is away is not asked for each batch. */
  private boolean hasJustFailed(ModelManifest.Identity live) {
    return live.equals(failed) && System.nanoTime() - failedAt < RETRY_NANOS;
  }

  private ModelManifest.Identity liveIdentity() {
    ModelManifest.Identity identity = newest.identity();
    return newest.release() == null
        ? identity
        : new ModelManifest.Identity(name, identity.run(), newest.release().live());
  }

  private void load(ModelManifest.Identity identity) {
    try {
      QuadrupletNetwork reused = loaded == null ? null : loaded.network;
      QuadrupletNetwork network = networkOf(identity, reused);
      if (reused != null && reused != network) {
        reused.close();
      }
      loaded = new Loaded(identity, network);
    } catch (RegistryException | ModelFormatException e) {
      failed = identity;
      failedAt = System.nanoTime();
      LOG.warn(
          "Questions are not answered by version {} of run {} for now: {}",
          identity.version(),
          identity.run(),
          e.getMessage());
    }
  }

  private QuadrupletNetwork networkOf(ModelManifest.Identity identity, QuadrupletNetwork reused)
      throws ModelFormatException {
    Optional<ModelManifest> published =
        identity.equals(newest.identity())
            ? Optional.of(newest)
            : registry.find(name, identity.run(), identity.version());
    if (published.isEmpty() && identity.version() == 0) {
      return QuadrupletNetwork.create(spec).embedIn(precision);
    }
    ModelManifest manifest =
        published.orElseThrow(
            () ->
                new RegistryException(
                    "it is live and not in the registry any more: was it deleted?", null));
    return ModelFile.read(registry.load(manifest), reused).network().embedIn(precision);
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.network.close();
    }
  }
}
