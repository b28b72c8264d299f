package dev.quadstream.serve.state;

import dev.quadstream.training.WindowReport;

/**
 * What one or more windows in a row reported, as one point of the charts.
 *
 * @param end where the run was at the end of the point
 * @param loss the terms of Eq. 3
 * @param margins α₁ and α₂ of Eq. 4
 * @param distances smoothed μ_p and μ_n
 * @param active shares of quadruplets whose first and second term are active
 * @param tested test before train
 */
record HistoryPoint(
    End end, Means loss, Means margins, Means distances, Means active, Tested tested) {

  /**
   * Where the run was.
   *
   * @param images images of the run
   * @param modelVersion version
   * @param timeMillis when the last report was written, milliseconds since the epoch
   */
  record End(long images, long modelVersion, long timeMillis) {}

  /**
   * Test before train.
   *
   * @param images images looked up before training
   * @param correct those of them that were found
   * @param newClasses classes that the memory had no image of
   */
  record Tested(long images, long correct, long newClasses) {

    private Tested plus(Tested other) {
      return new Tested(
          images + other.images, correct + other.correct, newClasses + other.newClasses);
    }
  }

  /** Two means that belong together. */
  record Means(Mean first, Mean second) {

    private static Means of(Double first, Double second) {
      return new Means(Mean.of(first), Mean.of(second));
    }

    private Means plus(Means other) {
      return new Means(first.plus(other.first), second.plus(other.second));
    }
  }

  /** A mean that can be merged. */
  record Mean(double sum, int count) {

    private static Mean of(Double value) {
      return value == null ? new Mean(0, 0) : new Mean(value, 1);
    }

    private Mean plus(Mean other) {
      return new Mean(sum + other.sum, count + other.count);
    }

    /** NaN where there was no value. */
    double value() {
      return count == 0 ? Double.NaN : sum / count;
    }
  }

  static HistoryPoint of(WindowReport report, long imagesSoFar, long timeMillis) {
    WindowReport.Margins margins = report.margins();
    return new HistoryPoint(
        new End(imagesSoFar, report.identity().version(), timeMillis),
        Means.of(report.loss().first(), report.loss().second()),
        Means.of(margins.alpha1(), margins.alpha2()),
        Means.of(margins.meanPositive(), margins.meanNegative()),
        Means.of(report.mining().activeShareFirst(), report.mining().activeShareSecond()),
        new Tested(
            report.prequential().tested(),
            report.prequential().correct(),
            report.prequential().newClasses()));
  }

  /** Both as one point; {@code later} follows this. */
  HistoryPoint merge(HistoryPoint later) {
    return new HistoryPoint(
        later.end,
        loss.plus(later.loss),
        margins.plus(later.margins),
        distances.plus(later.distances),
        active.plus(later.active),
        tested.plus(later.tested));
  }
}
