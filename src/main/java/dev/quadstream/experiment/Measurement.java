package dev.quadstream.experiment;

import dev.quadstream.evaluation.ClassDistances;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one run of one row came to on its seed's held-out classes.
 *
 * @param found of each class a number a probe, 1 where the nearest image shows its class, else 0
 * @param foundReRanked the same after re-ranking by g; null where g is not learned
 * @param distances under the row's own g
 * @param seen like {@code found}, of the stream's own classes; null where that is not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record Measurement(
    Map<String, double[]> found,
    Map<String, double[]> foundReRanked,
    ClassDistances distances,
    Map<String, double[]> seen) {

  Measurement seeing(Map<String, double[]> ofSeen) {
    return new Measurement(found, foundReRanked, distances, ofSeen);
  }

  double recallAt1() {
    return found.values().stream().flatMapToDouble(Arrays::stream).average().orElseThrow();
  }

  int probes() {
    return found.values().stream().mapToInt(ofClass -> ofClass.length).sum();
  }

  /** {@code first − second}, probe by probe. */
  static Map<String, double[]> difference(
      Map<String, double[]> first, Map<String, double[]> second) {
    Map<String, double[]> difference = new LinkedHashMap<>();
    first.forEach(
        (label, values) -> {
          double[] others = second.get(label);
          double[] ofClass = new double[values.length];
          Arrays.setAll(ofClass, probe -> values[probe] - others[probe]);
          difference.put(label, ofClass);
        });
    return difference;
  }
}
