package dev.quadstream.search;

import java.util.function.IntFunction;

/**
 * Inner products or squared distances of a query with a block of vectors at a time.
 *
 * <p>The block lies dimension by dimension, so that the innermost loops run over its vectors: their
 * sums are independent of each other, which the compiler makes vector instructions of, while each
 * sum is still added up in the order of the dimensions, to the same bits on every machine. Four
 * dimensions at once, so that a sum is loaded and stored a quarter as often.
 *
 * <p>Not thread-safe: it keeps the block and the sums.
 */
public final class VectorBlock {

  /** Vectors of a block; with 64 dimensions it just fills a first-level cache of 32 kB. */
  public static final int SIZE = 128;

  private static final int UNROLLED = 4;

  private final float[][] byDimension;
  private final float[] sums = new float[SIZE];

  /** A block of vectors of this length, 1 or more. */
  public VectorBlock(int dimensions) {
    byDimension = new float[dimensions][SIZE];
  }

  /**
   * Takes up the vectors from {@code start} on.
   *
   * @param vectors the vector of each row in [start, size), all of the block's length
   * @return how many it took, {@link #SIZE} at most
   */
  public int load(IntFunction<float[]> vectors, int start, int size) {
    int count = Math.min(SIZE, size - start);
    for (int row = 0; row < count; row++) {
      set(row, vectors.apply(start + row));
    }
    return count;
  }

  /** Takes up one vector, of the block's length, in a row of [0, {@link #SIZE}). */
  void set(int row, float[] vector) {
    for (int d = 0; d < byDimension.length; d++) {
      byDimension[d][row] = vector[d];
    }
  }

  /** The squared distance to the vector in a row, to the bit of the one among others. */
  float squaredDistance(float[] query, int row) {
    float sum = 0;
    for (int d = 0; d < query.length; d++) {
      float difference = byDimension[d][row] - query[d];
      sum += difference * difference;
    }
    return sum;
  }

  /** A copy of the vector in a row. */
  float[] get(int row) {
    float[] vector = new float[byDimension.length];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = byDimension[d][row];
    }
    return vector;
  }

  /** Σ x·y with each vector, valid until the next call; beyond the vectors taken up nonsense. */
  public float[] innerProducts(float[] query) {
    multiply(sums, byDimension[0], query[0]);
    int d = 1;
    for (; d + UNROLLED <= query.length; d += UNROLLED) {
      addProducts(sums, byDimension, query, d);
    }
    for (; d < query.length; d++) {
      addProduct(sums, byDimension[d], query[d]);
    }
    return sums;
  }

  /**
   * Σ (x − y)² with each vector, valid until the next call; beyond the vectors taken up nonsense.
   *
   * <p>Not ‖x‖² + ‖y‖² − 2x·y: that loses near-duplicates to cancellation, while here equal vectors
   * are at exactly 0 and the distance from x to y has the same bits as that from y to x.
   */
  public float[] squaredDistances(float[] query) {
    squaredDistances(query, sums);
    return sums;
  }

  /**
   * The same into an array of the caller's, of {@link #SIZE}: by several threads at once, while
   * none takes vectors up.
   */
  void squaredDistances(float[] query, float[] sums) {
    square(sums, byDimension[0], query[0]);
    int d = 1;
    for (; d + UNROLLED <= query.length; d += UNROLLED) {
      addSquares(sums, byDimension, query, d);
    }
    for (; d < query.length; d++) {
      addSquare(sums, byDimension[d], query[d]);
    }
  }

  private static void multiply(float[] sums, float[] values, float factor) {
    for (int row = 0; row < SIZE; row++) {
      sums[row] = values[row] * factor;
    }
  }

  private static void addProduct(float[] sums, float[] values, float factor) {
    for (int row = 0; row < SIZE; row++) {
      sums[row] += values[row] * factor;
    }
  }

  private static void addProducts(float[] sums, float[][] values, float[] factors, int d) {
    float[] values0 = values[d];
    float[] values1 = values[d + 1];
    float[] values2 = values[d + 2];
    float[] values3 = values[d + 3];
    float factor0 = factors[d];
    float factor1 = factors[d + 1];
    float factor2 = factors[d + 2];
    float factor3 = factors[d + 3];
    for (int row = 0; row < SIZE; row++) {
      sums[row] =
          sums[row]
              + values0[row] * factor0
              + values1[row] * factor1
              + values2[row] * factor2
              + values3[row] * factor3;
    }
  }

  private static void square(float[] sums, float[] values, float origin) {
    for (int row = 0; row < SIZE; row++) {
      float difference = values[row] - origin;
      sums[row] = difference * difference;
    }
  }

  private static void addSquare(float[] sums, float[] values, float origin) {
    for (int row = 0; row < SIZE; row++) {
      float difference = values[row] - origin;
      sums[row] += difference * difference;
    }
  }

  private static void addSquares(float[] sums, float[][] values, float[] origins, int d) {
    float[] values0 = values[d];
    float[] values1 = values[d + 1];
    float[] values2 = values[d + 2];
    float[] values3 = values[d + 3];
    float origin0 = origins[d];
    float origin1 = origins[d + 1];
    float origin2 = origins[d + 2];
    float origin3 = origins[d + 3];
    for (int row = 0; row < SIZE; row++) {
      float difference0 = values0[row] - origin0;
      float difference1 = values1[row] - origin1;
      float difference2 = values2[row] - origin2;
      float difference3 = values3[row] - origin3;
      sums[row] =
          sums[row]
              + difference0 * difference0
              + difference1 * difference1
              + difference2 * difference2
              + difference3 * difference3;
    }
  }
}
