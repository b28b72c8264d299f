package dev.quadstream.training;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import java.util.Arrays;

/** What mining looks at: g² between the images of a batch. */
final class BatchDistances {

  private static final int PAIRS_AT_ONCE = 65_536;

  private BatchDistances() {}

  /**
   * g² of every two images; each pair is measured once. Pairs are named a block at a time, since
   * all of a large batch's would need more memory than their distances, and from 65,536 rows on no
   * array could hold them.
   */
  static float[][] ofAll(PairMetric metric, ImageFeatures images, int count) {
    float[][] squared = new float[count][count];
    int[] left = new int[(int) Math.min(PAIRS_AT_ONCE, (long) count * (count - 1) / 2)];
    int[] right = new int[left.length];
    int pair = 0;
    for (int i = 0; i < count; i++) {
      for (int j = i + 1; j < count; j++) {
        left[pair] = i;
        right[pair++] = j;
        if (pair == left.length) {
          measure(metric, images, left, right, squared);
          pair = 0;
        }
      }
    }
    measure(metric, images, Arrays.copyOf(left, pair), Arrays.copyOf(right, pair), squared);
    return squared;
  }

  private static void measure(
      PairMetric metric, ImageFeatures images, int[] left, int[] right, float[][] squared) {
    float[] distances = metric.distances(images, left, right);
    for (int p = 0; p < distances.length; p++) {
      float square = distances[p] * distances[p];
      squared[left[p]][right[p]] = square;
      squared[right[p]][left[p]] = square;
    }
  }
}
