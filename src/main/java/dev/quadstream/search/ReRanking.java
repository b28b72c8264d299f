package dev.quadstream.search;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reorders the nearest images of a ranking by g, as a vector index followed by the learned metric
 * would.
 *
 * <p>Images with the same g stay in the order of their Euclidean distances; those beyond the
 * nearest {@code nearest} are left where they are.
 *
 * @param metric the learned metric; called once a probe with {@code nearest} pairs
 * @param nearest how many of the nearest images are reordered, at least 2
 */
public record ReRanking(PairMetric metric, int nearest) {

  /** How many neighbours a vector index is usually asked for. */
  public static final int DEFAULT_NEAREST = 100;

  private static final int INDEX_BITS = 32;

  public ReRanking {
    Objects.requireNonNull(metric, "metric");
    if (nearest < 2) {
      throw new IllegalArgumentException(
          "Re-ranking needs at least the 2 nearest images, not %d.".formatted(nearest));
    }
  }

  /** Re-ranks the usual number of neighbours. */
  public static ReRanking by(PairMetric metric) {
    return new ReRanking(metric, DEFAULT_NEAREST);
  }

  /** Reorders the start of {@code ranked}: {@code count} gallery indices, nearest first. */
  public void apply(
      ImageFeatures probes, int probe, ImageFeatures gallery, int[] ranked, int count) {
    int reordered = Math.min(nearest, count);
    int[] before = Arrays.copyOf(ranked, reordered);
    float[] distances = distances(metric, probes, probe, gallery, before);
    long[] keys = new long[reordered];
    for (int position = 0; position < reordered; position++) {
      keys[position] = (long) bits(distances[position]) << INDEX_BITS | position;
    }
    Arrays.sort(keys);
    for (int position = 0; position < reordered; position++) {
      ranked[position] = before[(int) keys[position]];
    }
  }

  /** g of a probe with some images of a gallery, in the order of {@code rows}. */
  public static float[] distances(
      PairMetric metric, ImageFeatures probes, int probe, ImageFeatures gallery, int[] rows) {
    int[] itself = new int[rows.length];
    Arrays.fill(itself, probe);
    return metric.distances(probes, itself, gallery, rows);
  }

  // Floats of 0 and more order as their bits do; adding 0 turns -0 into 0.
  private static int bits(float distance) {
    if (!(distance >= 0 && distance <= 1)) {
      throw new IllegalStateException(
          "The pair metric gave g = %s; it must be in [0, 1]. The model may have diverged."
              .formatted(distance));
    }
    return Float.floatToRawIntBits(distance + 0f);
  }
}
