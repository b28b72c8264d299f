package dev.quadstream.bench;

import java.util.List;

/** Order statistics of lists. */
final class Statistics {

  private Statistics() {}

  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /** The value below which a share of the values lies. */
  static double quantile(List<Double> values, double share) {
    return Turns.quantile(values.stream().mapToDouble(Double::doubleValue).toArray(), share);
  }
}
