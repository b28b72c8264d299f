package dev.quadstream.evaluation;

import java.util.Arrays;

/**
 * Squared Euclidean distances of blocks of probes to a whole gallery.
 *
 * <p>Each distance is Σ (x − y)², added up in the order of the dimensions. Not ‖x‖² + ‖y‖² − 2x·y:
 * that loses near-duplicates to cancellation, while here equal vectors are at exactly 0 and the
 * distance from x to y has the same bits as that from y to x.
 *
 * <p>Not thread-safe: it keeps a scratch tile.
 */
final class SquaredDistances {

  /** Gallery rows turned into columns at a time: 64 dimensions of them fit a level 2 cache. */
  private static final int TILE = 512;

  private static final int MOST_DISTANCES = 8_000_000;
  private static final int MOST_PROBES = 128;

  private final float[][] gallery;
  private final float[][] tile;
  private final float[] sums = new float[TILE];

  SquaredDistances(LabeledVectors gallery) {
    this.gallery = gallery.vectors();
    this.tile = new float[gallery.width()][TILE];
  }

  /** How many probes to ask at once, so that a block's distances stay near 32 MB. */
  int blockSize() {
    return Math.max(1, Math.min(MOST_PROBES, MOST_DISTANCES / Math.max(1, gallery.length)));
  }

  /**
   * Fills row {@code p - from} of {@code distances} for each probe p in [from, to).
   *
   * @param distances at least {@code to - from} rows, each as long as the gallery
   */
  void fill(float[][] probes, int from, int to, float[][] distances) {
    for (int start = 0; start < gallery.length; start += TILE) {
      int length = Math.min(TILE, gallery.length - start);
      turnIntoColumns(start, length);
      for (int probe = from; probe < to; probe++) {
        Arrays.fill(sums, 0);
        for (int dimension = 0; dimension < tile.length; dimension++) {
          addSquares(sums, tile[dimension], probes[probe][dimension], length);
        }
        System.arraycopy(sums, 0, distances[probe - from], start, length);
      }
    }
  }

  private void turnIntoColumns(int start, int length) {
    for (int row = 0; row < length; row++) {
      float[] vector = gallery[start + row];
      for (int dimension = 0; dimension < vector.length; dimension++) {
        tile[dimension][row] = vector[dimension];
      }
    }
  }

  // Sums of different gallery rows side by side: the compiler may not reorder the additions of one
  // sum, so only this direction becomes vector instructions.
  private static void addSquares(float[] sums, float[] column, float value, int length) {
    for (int row = 0; row < length; row++) {
      float difference = column[row] - value;
      sums[row] += difference * difference;
    }
  }
}
