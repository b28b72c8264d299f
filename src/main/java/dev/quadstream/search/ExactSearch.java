package dev.quadstream.search;

import java.util.Arrays;

/**
 * The nearest of a set of vectors, by Euclidean distance, which orders unit vectors like the
 * cosine; of equally near ones the first. Linear in the set for each probe.
 *
 * <p>Not thread-safe: it keeps scratch arrays.
 */
public final class ExactSearch {

  private final int size;
  private final SquaredDistances distances;
  private final float[][] squared;

  /**
   * A search among these vectors, which are not copied.
   *
   * @param vectors all of one length; may be empty
   */
  public ExactSearch(float[][] vectors) {
    this.size = vectors.length;
    this.distances = size == 0 ? null : new SquaredDistances(vectors);
    this.squared = new float[1][size];
  }

  /**
   * The rows nearest to a probe, nearest first.
   *
   * @param except a row that is left out, such as the probe's own, or −1
   * @param count how many at most
   */
  public int[] nearest(float[] probe, int except, int count) {
    int[] rows = new int[except < 0 ? size : size - 1];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = except < 0 || row < except ? row : row + 1;
    }
    if (rows.length > 0) {
      distances.fill(new float[][] {probe}, 0, 1, squared);
      new NearestFirst(size).sort(squared[0], rows, rows.length);
    }
    return Arrays.copyOf(rows, Math.min(count, rows.length));
  }
}
