package dev.quadstream.evaluation;

import dev.quadstream.search.SquaredDistances;
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
    Arrays.fill(ofAll, NONE);
    Arrays.fill(ofOwnClass, NONE);
    SquaredDistances distances = new SquaredDistances(vectors);
    float[][] block = new float[Math.min(distances.blockSize(), vectors.length)][vectors.length];
    for (int from = 0; from < vectors.length; from += block.length) {
      int to = Math.min(from + block.length, vectors.length);
      distances.fill(vectors, from, to, block);
      for (int row = from; row < to; row++) {
        search(row, block[row - from]);
      }
    }
  }

  private void search(int row, float[] distances) {
    for (int other = 0; other < distances.length; other++) {
      if (other == row) {
        continue;
      }
      if (ofAll[row] == NONE || distances[other] < distances[ofAll[row]]) {
        ofAll[row] = other;
      }
      if (classes[other] == classes[row]
          && (ofOwnClass[row] == NONE || distances[other] < distances[ofOwnClass[row]])) {
        ofOwnClass[row] = other;
      }
    }
    squared[row] = ofAll[row] == NONE ? Float.NaN : distances[ofAll[row]];
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
