package dev.quadstream.evaluation;

import dev.quadstream.search.VectorBlock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Of each vector of a set the nearest other one, and the nearest of its class. Immutable. */
final class NearestOfEach {

  private static final int NONE = -1;

  private final int[] classes;
  private final int[] ofAll;
  private final int[] ofOwnClass;
  private final float[] squared;
  private final float[] squaredOfOwnClass;

  /**
   * Searches a set.
   *
   * @param vectors one a row, all of one length, finite; not empty
   * @param labels the class of each row
   * @throws IllegalArgumentException as {@link LabeledVectors#of}, or if all are of one class, or
   *     none has another of its class
   */
  NearestOfEach(float[][] vectors, List<String> labels) {
    Map<String, Integer> numbers = new HashMap<>();
    this.classes = LabeledVectors.of(vectors, labels).classes(numbers);
    if (numbers.size() == 1 || numbers.size() == labels.size()) {
      throw new IllegalArgumentException(
          "Nothing can be found among these images (%d, classes: %d); give at least two classes, and at least two images of one."
              .formatted(labels.size(), numbers.size()));
    }
    this.ofAll = new int[vectors.length];
    this.ofOwnClass = new int[vectors.length];
    this.squared = new float[vectors.length];
    this.squaredOfOwnClass = new float[vectors.length];
    Arrays.fill(ofAll, NONE);
    Arrays.fill(ofOwnClass, NONE);
    VectorBlock block = new VectorBlock(vectors[0].length);
    for (int start = 0; start < vectors.length; start += VectorBlock.SIZE) {
      int end = start + block.load(row -> vectors[row], start, vectors.length);
      for (int row = 0; row < end; row++) {
        float[] distances = block.squaredDistances(vectors[row]);
        // Each pair once: a distance has the same bits both ways.
        for (int other = Math.max(start, row + 1); other < end; other++) {
          meet(row, other, distances[other - start]);
          meet(other, row, distances[other - start]);
        }
      }
    }
  }

  /** Each row meets the others in their order, so that the first of equals stays. */
  private void meet(int row, int other, float distance) {
    if (ofAll[row] == NONE || distance < squared[row]) {
      ofAll[row] = other;
      squared[row] = distance;
    }
    if (classes[other] == classes[row]
        && (ofOwnClass[row] == NONE || distance < squaredOfOwnClass[row])) {
      ofOwnClass[row] = other;
      squaredOfOwnClass[row] = distance;
    }
  }

  /** Whether the nearest other row is of the row's class. */
  boolean isHit(int row) {
    return classes[ofAll[row]] == classes[row];
  }

  /** The share of hits among the rows that have another of their class. */
  double recallAt1() {
    return IntStream.range(0, ofAll.length)
        .filter(row -> ofOwnClass[row] != NONE)
        .mapToDouble(row -> isHit(row) ? 1 : 0)
        .average()
        .orElseThrow();
  }

  /** The nearest other row, the first of equals, or -1 for the only one. */
  int ofAll(int row) {
    return ofAll[row];
  }

  /** The nearest other row of the same class, or -1 where there is none. */
  int ofOwnClass(int row) {
    return ofOwnClass[row];
  }

  /** Squared distance to the nearest other row. */
  float distance(int row) {
    return squared[row];
  }
}
