package dev.quadstream.bench;

/**
 * The time of one repetition over all rounds, in milliseconds.
 *
 * @param medianMillis the median
 * @param lowMillis a tenth of the rounds is below
 * @param highMillis a tenth of the rounds is above
 * @param rounds how many
 */
record Timing(double medianMillis, double lowMillis, double highMillis, int rounds) {

  static Timing of(double[] millis) {
    return new Timing(
        Turns.median(millis),
        Turns.quantile(millis, 0.1),
        Turns.quantile(millis, 0.9),
        millis.length);
  }

  /** How often this happens a second, for so many things at a time. */
  double perSecond(double things) {
    return things / medianMillis * 1e3;
  }
}
