package dev.quadstream.bench;

import java.util.Arrays;
import java.util.List;

/** Order statistics of a few measurements. */
final class Statistics {

  private Statistics() {}

  static double median(double[] values) {
    return quantile(values, 0.5);
  }

  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  static double quantile(List<Double> values, double share) {
    return quantile(values.stream().mapToDouble(Double::doubleValue).toArray(), share);
  }

  /** The quantile at a share in [0, 1], between neighbours where it falls there. */
  static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
