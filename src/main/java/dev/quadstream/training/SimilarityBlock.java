package dev.quadstream.training;

import java.util.List;

/**
 * Inner products of a query with a block of exemplars at a time: a blocked matrix product.
 *
 * <p>The block lies dimension by dimension, so that the innermost loop runs over exemplars: their
 * sums are independent of each other, which the compiler makes vector instructions of, while each
 * sum is still added up in the order of the dimensions, to the same bits on every machine. Not
 * thread-safe.
 */
final class SimilarityBlock {

  /** Exemplars of a block; with 64 dimensions it just fills a first-level cache of 32 kB. */
  static final int SIZE = 128;

  private final float[][] byDimension;
  private final float[] similarities = new float[SIZE];

  SimilarityBlock(int dimensions) {
    byDimension = new float[dimensions][SIZE];
  }

  /** Takes up the exemplars from {@code start} on; returns how many. */
  int load(List<Exemplar> exemplars, int start) {
    int count = Math.min(SIZE, exemplars.size() - start);
    for (int e = 0; e < count; e++) {
      float[] embedding = exemplars.get(start + e).embedding();
      for (int d = 0; d < byDimension.length; d++) {
        byDimension[d][e] = embedding[d];
      }
    }
    return count;
  }

  /** The inner products with all of the block, valid until the next call; beyond it nonsense. */
  float[] similarities(float[] query) {
    float[] sums = similarities;
    int d = 0;
    multiply(sums, byDimension[d], query[d]);
    for (d = 1; d + 4 <= query.length; d += 4) {
      addProducts(sums, byDimension, query, d);
    }
    for (; d < query.length; d++) {
      addProduct(sums, byDimension[d], query[d]);
    }
    return sums;
  }

  private static void multiply(float[] sums, float[] values, float factor) {
    for (int e = 0; e < SIZE; e++) {
      sums[e] = values[e] * factor;
    }
  }

  private static void addProduct(float[] sums, float[] values, float factor) {
    for (int e = 0; e < SIZE; e++) {
      sums[e] += values[e] * factor;
    }
  }

  /** Four dimensions at once, so that a sum is loaded and stored a quarter as often. */
  private static void addProducts(float[] sums, float[][] values, float[] factors, int d) {
    float[] values0 = values[d];
    float[] values1 = values[d + 1];
    float[] values2 = values[d + 2];
    float[] values3 = values[d + 3];
    float factor0 = factors[d];
    float factor1 = factors[d + 1];
    float factor2 = factors[d + 2];
    float factor3 = factors[d + 3];
    for (int e = 0; e < SIZE; e++) {
      sums[e] =
          sums[e]
              + values0[e] * factor0
              + values1[e] * factor1
              + values2[e] * factor2
              + values3[e] * factor3;
    }
  }
}
