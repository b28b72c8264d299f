package dev.quadstream.experiment;

import dev.quadstream.evaluation.ClassDistances;
import java.util.Arrays;

/**
 * What one run of one row came to on its seed's held-out classes.
 *
 * @param found [class][probe], 1 where the nearest image shows the probe's class, else 0
 * @param foundReRanked the same after re-ranking by g; null where g is not learned
 * @param distances under the row's own g
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record Measurement(double[][] found, double[][] foundReRanked, ClassDistances distances) {

  double recallAt1() {
    return Arrays.stream(found).flatMapToDouble(Arrays::stream).average().orElseThrow();
  }

  int probes() {
    return Arrays.stream(found).mapToInt(ofClass -> ofClass.length).sum();
  }

  /** {@code first − second}, probe by probe. */
  static double[][] difference(double[][] first, double[][] second) {
    double[][] difference = new double[first.length][];
    for (int row = 0; row < first.length; row++) {
      difference[row] = new double[first[row].length];
      for (int probe = 0; probe < difference[row].length; probe++) {
        difference[row][probe] = first[row][probe] - second[row][probe];
      }
    }
    return difference;
  }
}
