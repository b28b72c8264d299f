package dev.quadstream.cli.ablation;

import dev.quadstream.evaluation.ClassDistances;
import java.util.Arrays;

/**
 * What one run of one row came to on its seed's held-out concepts.
 *
 * @param found [concept][probe], 1 where the nearest image shows the probe's concept, else 0
 * @param foundReRanked the same after re-ranking by g; null where g is not learned
 * @param distances under the row's own g
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record Measurement(double[][] found, double[][] foundReRanked, ClassDistances distances) {

  double recallAt1() {
    return Arrays.stream(found).flatMapToDouble(Arrays::stream).average().orElseThrow();
  }

  int drawings() {
    return Arrays.stream(found).mapToInt(concept -> concept.length).sum();
  }

  /** {@code first − second}, probe by probe. */
  static double[][] difference(double[][] first, double[][] second) {
    double[][] difference = new double[first.length][];
    for (int concept = 0; concept < first.length; concept++) {
      difference[concept] = new double[first[concept].length];
      for (int probe = 0; probe < difference[concept].length; probe++) {
        difference[concept][probe] = first[concept][probe] - second[concept][probe];
      }
    }
    return difference;
  }
}
