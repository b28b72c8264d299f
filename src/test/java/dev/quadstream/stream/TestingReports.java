package dev.quadstream.stream;

import dev.quadstream.training.WindowReport;
import java.util.Map;

/** Reports made comparable. */
public final class TestingReports {

  private TestingReports() {}

  /** The report without the time that its stages took. */
  public static WindowReport untimed(WindowReport report) {
    return new WindowReport(
        report.shard(),
        report.window(),
        report.modelVersion(),
        report.miningVersion(),
        report.images(),
        report.batchImages(),
        report.removedImages(),
        report.quadrupletsAsked(),
        report.quadrupletsFound(),
        report.activeFirst(),
        report.activeSecond(),
        report.loss(),
        report.lossFirst(),
        report.lossSecond(),
        report.lossPairSoftmax(),
        report.alpha1(),
        report.alpha2(),
        report.meanPositive(),
        report.meanNegative(),
        report.gradientNorm(),
        report.tested(),
        report.correct(),
        report.newClasses(),
        report.prequentialRecallAt1(),
        report.memorySize(),
        report.memoryClasses(),
        report.refusedWindows(),
        report.collapses(),
        report.warmingUp(),
        report.reason(),
        report.imageIds(),
        Map.of(),
        report.hardest());
  }
}
