package dev.quadstream.stream.operator;

import dev.quadstream.json.PrintableText;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that is live as of the newest manifest, loaded when it is asked for: the released one
 * where the manifest says which that is, else its own. Version 0 without a file is the network that
 * the seed makes. Where that cannot be loaded, the one before it stays.
 *
 * <p>Others may announce manifests, too: each counts as the registry has it, where it is newer than
 * the one before. Not thread-safe; closes its network.
 */
final class LiveModel implements AutoCloseable {

  private static final long RETRY_NANOS = 1_000_000_000;

  /** At a start the topic brings many, all but the last of which may be gone. */
  private static final int MAX_ANNOUNCED = 16;

  private static final Logger LOG = LoggerFactory.getLogger(LiveModel.class);

  private final String name;
  private final NetworkSpec spec;
  private final EmbeddingPrecision precision;
  private final ModelRegistry registry;
  private ModelManifest newest;

  /** Those that are not looked up yet, the last one last, with when they say they were made. */
  private final Map<ModelManifest.Identity, Long> announced = new LinkedHashMap<>();

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
    this.precision = settings.get(NetworkConfig.EMBEDDING_PRECISION);
    this.registry = new ModelRegistry(settings.registryDirectory());
  }

  /** Takes a manifest up; returns whether it says to be of this network. */
  boolean announce(ModelManifest manifest) {
    if (!manifest.identity().name().equals(name)
        || !spec.configHash().equals(manifest.network().configHash())) {
      return false;
    }
    // Behind the others, also where it was there.
    Long before = announced.remove(manifest.identity());
    long created = before == null ? manifest.createdAt() : Math.max(before, manifest.createdAt());
    announced.put(manifest.identity(), created);
    if (announced.size() > MAX_ANNOUNCED) {
      announced.remove(announced.keySet().iterator().next());
    }
    return true;
  }

  /** The newest manifest, as the registry has it. */
  Optional<ModelManifest> newest() {
    if (!hasJustFailed()) {
      // Once the newest is found, those that are older by their own word need not be.
      announced.entrySet().stream()
          .sorted(Map.Entry.<ModelManifest.Identity, Long>comparingByValue().reversed())
          .map(Map.Entry::getKey)
          .toList()
          .forEach(this::lookUpUnlessOlder);
    }
    return Optional.ofNullable(newest);
  }

  private void lookUpUnlessOlder(ModelManifest.Identity identity) {
    if (newest != null && announced.get(identity) < newest.createdAt()) {
      announced.remove(identity);
    } else {
      lookUp(identity);
    }
  }

  private void lookUp(ModelManifest.Identity identity) {
    try {
      registry
          .find(name, identity.run(), identity.version())
          .filter(this::isNewer)
          .ifPresent(found -> newest = found);
      announced.remove(identity);
    } catch (RegistryException e) {
      fail(identity, e);
    }
  }

  private boolean isNewer(ModelManifest found) {
    return spec.configHash().equals(found.network().configHash())
        && (newest == null || found.createdAt() >= newest.createdAt());
  }

  /** The live model, or empty where there is none yet or none can be loaded. */
  Optional<Loaded> get() {
    if (newest().isPresent()) {
      ModelManifest.Identity live = liveIdentity();
      boolean isLoaded = loaded != null && loaded.identity.equals(live);
      if (!isLoaded && !(live.equals(failed) && hasJustFailed())) {
        load(live);
      }
    }
    return Optional.ofNullable(loaded);
  }

  /** A registry that is away is not asked for each batch. */
  private boolean hasJustFailed() {
    return failed != null && System.nanoTime() - failedAt < RETRY_NANOS;
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
      fail(identity, e);
    }
  }

  private void fail(ModelManifest.Identity identity, Exception why) {
    failed = identity;
    failedAt = System.nanoTime();
    LOG.warn(
        "Questions are not answered by version {} of run {} for now: {}",
        identity.version(),
        identity.run(),
        PrintableText.of(why.getMessage()));
  }

  private QuadrupletNetwork networkOf(ModelManifest.Identity identity, QuadrupletNetwork reused)
      throws ModelFormatException {
    Optional<ModelManifest> published =
        identity.equals(newest.identity())
            ? Optional.of(newest)
            : registry.find(name, identity.run(), identity.version());
    if (published.isEmpty() && identity.version() == 0) {
      return QuadrupletNetwork.create(spec, precision);
    }
    ModelManifest manifest =
        published.orElseThrow(
            () ->
                new RegistryException(
                    "it is live and not in the registry any more: was it deleted?", null));
    return registry.load(manifest, ModelFile::parameters).load(reused, precision).network();
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.network.close();
    }
  }
}
