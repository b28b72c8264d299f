package dev.quadstream.serve.search;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.registry.Release;
import dev.quadstream.search.ReRanking;
import dev.quadstream.search.ReleaseKey;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.model.ImageEmbedding;
import dev.quadstream.serve.model.LoadedNetworks;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of releases, from the registry and checked by their sha256. Thread-safe: one thread at
 * a time runs a network.
 */
final class ReleaseNetworks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReleaseNetworks.class);

  /** A registry that is away is not asked for every query. */
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final ModelRegistry registry;
  private final String name;
  private final LoadedNetworks networks;
  private ReleaseKey failedKey;
  private String failure;
  private long failedAt;
  private final Supplier<Optional<Release>> live;
  private ModelManifest known;
  private Optional<Release> knownAsOf = Optional.empty();

  /**
   * Nothing is loaded yet.
   *
   * @param live the pointer: when it moves, its version may be of another file than before
   */
  ReleaseNetworks(ModelRegistry registry, String name, Supplier<Optional<Release>> live) {
    this.registry = registry;
    this.name = name;
    this.live = live;
    this.networks = new LoadedNetworks(registry);
  }

  /**
   * The network of a release.
   *
   * @throws RequestException 409 where its file is gone, damaged or cannot be read, is too large
   *     for this process, or there can be no such run
   */
  private QuadrupletNetwork network(ReleaseKey key) throws RequestException {
    boolean failedBefore = key.equals(failedKey) && System.nanoTime() - failedAt < RETRY_NANOS;
    if (!failedBefore) {
      try {
        Optional<ModelManifest> manifest = manifest(key);
        if (manifest.isPresent()) {
          return networks.of(manifest.get());
        }
        fail(key, "the registry does not hold it, or no longer.");
      } catch (RegistryException | ModelFormatException | IllegalArgumentException e) {
        fail(key, e.getMessage());
      } catch (OutOfMemoryError e) {
        fail(key, e);
      }
    }
    throw new RequestException(
        409,
        "The model of %s is not at hand, so that only ids and vectors can be searched, without g: %s"
            .formatted(key, failure));
  }

  private void fail(ReleaseKey key, OutOfMemoryError e) {
    fail(key, "it does not fit into this service's memory: " + e.getMessage());
  }

  private void fail(ReleaseKey key, String reason) {
    LOG.warn("The model of {} cannot be used: {}", key, reason);
    failedKey = key;
    failedAt = System.nanoTime();
    failure = reason;
  }

  private Optional<ModelManifest> manifest(ReleaseKey key) {
    Optional<Release> now = live.get();
    if (known == null || !key.equals(keyOf(known)) || !now.equals(knownAsOf)) {
      known = registry.find(name, key.run(), key.release()).orElse(null);
      knownAsOf = now;
    }
    return Optional.ofNullable(known);
  }

  private static ReleaseKey keyOf(ModelManifest manifest) {
    return new ReleaseKey(manifest.identity().run(), manifest.identity().version());
  }

  /**
   * The size of the images that a release's network reads.
   *
   * @throws RequestException where its model is not at hand
   */
  synchronized ImageShape input(ReleaseKey key) throws RequestException {
    return network(key).spec().input();
  }

  /**
   * The embedding of an image of the input size.
   *
   * @throws RequestException where the model is not at hand, or its backbone makes nothing of the
   *     image
   */
  synchronized float[] embed(ReleaseKey key, PixelImage image) throws RequestException {
    return ImageEmbedding.of(network(key), image);
  }

  /**
   * g of one vector with each of others of the same release, or nothing where the model is not at
   * hand, its metric sees more than embeddings, or they are none of its embeddings.
   */
  synchronized Optional<float[]> distances(ReleaseKey key, float[] vector, float[][] others) {
    try {
      QuadrupletNetwork network = network(key);
      PairMetric metric = network.metric();
      boolean comparable = vector.length == network.spec().embeddingSize();
      if (!metric.fusesLate() || !comparable || others.length == 0) {
        return Optional.empty();
      }
      int[] rows = new int[others.length];
      Arrays.setAll(rows, row -> row);
      return Optional.of(
          ReRanking.distances(
              metric,
              new UnitEmbeddings(new float[][] {vector}),
              0,
              new UnitEmbeddings(others),
              rows));
    } catch (RequestException e) {
      return Optional.empty();
    } catch (OutOfMemoryError e) {
      fail(key, e);
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    networks.close();
  }
}
