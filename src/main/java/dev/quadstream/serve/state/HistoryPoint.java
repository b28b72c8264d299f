package dev.quadstream.serve.state;

import dev.quadstream.training.WindowReport;

/**
 * What one or more windows in a row reported, as one point of the charts.
 *
 * @param images images of the run at the end of the point
 * @param modelVersion version at its end
 * @param timeMillis when its last report was written, milliseconds since the epoch
 * @param lossFirst the first term of Eq. 3
 * @param lossSecond the second term
 * @param alpha1 α₁ of Eq. 4
 * @param alpha2 α₂
 * @param meanPositive smoothed μ_p
 * @param meanNegative smoothed μ_n
 * @param activeFirst share of quadruplets whose first term is active
 * @param activeSecond share of quadruplets whose second term is active
 * @param tested images looked up before training
 * @param correct those of them that were found
 * @param newClasses classes that the memory had no image of
 */
record HistoryPoint(
    long images,
    long modelVersion,
    long timeMillis,
    Mean lossFirst,
    Mean lossSecond,
    Mean alpha1,
    Mean alpha2,
    Mean meanPositive,
    Mean meanNegative,
    Mean activeFirst,
    Mean activeSecond,
    long tested,
    long correct,
    long newClasses) {

  /** A mean that can be merged. */
  record Mean(double sum, int count) {

    static Mean of(Double value) {
      return value == null ? new Mean(0, 0) : new Mean(value, 1);
    }

    Mean plus(Mean other) {
      return new Mean(sum + other.sum, count + other.count);
    }

    /** NaN where there was no value. */
    double value() {
      return count == 0 ? Double.NaN : sum / count;
    }
  }

  static HistoryPoint of(WindowReport report, long imagesSoFar, long timeMillis) {
    return new HistoryPoint(
        imagesSoFar,
        report.identity().version(),
        timeMillis,
        Mean.of(report.loss().first()),
        Mean.of(report.loss().second()),
        Mean.of(report.margins().alpha1()),
        Mean.of(report.margins().alpha2()),
        Mean.of(report.margins().meanPositive()),
        Mean.of(report.margins().meanNegative()),
        Mean.of(report.mining().activeShareFirst()),
        Mean.of(report.mining().activeShareSecond()),
        report.prequential().tested(),
        report.prequential().correct(),
        report.prequential().newClasses());
  }

  /** Both as one point; {@code later} follows this. */
  HistoryPoint merge(HistoryPoint later) {
    return new HistoryPoint(
        later.images,
        later.modelVersion,
        later.timeMillis,
        lossFirst.plus(later.lossFirst),
        lossSecond.plus(later.lossSecond),
        alpha1.plus(later.alpha1),
        alpha2.plus(later.alpha2),
        meanPositive.plus(later.meanPositive),
        meanNegative.plus(later.meanNegative),
        activeFirst.plus(later.activeFirst),
        activeSecond.plus(later.activeSecond),
        tested + later.tested,
        correct + later.correct,
        newClasses + later.newClasses);
  }
}
