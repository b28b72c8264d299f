package dev.quadstream.evaluation;

/**
 * A measured value with its 95 % interval.
 *
 * @param value the measure itself, in the unit of what was measured
 * @param low lower end of the interval
 * @param high upper end of the interval, at least {@code low}
 */
public record Interval(double value, double low, double high) {

  public Interval {
    if (!Double.isFinite(value) || !(low <= high)) {
      throw new IllegalArgumentException(
          "An interval needs a finite value and low <= high, not %s [%s, %s]."
              .formatted(value, low, high));
    }
  }
}
