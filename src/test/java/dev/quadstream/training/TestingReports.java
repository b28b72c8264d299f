package dev.quadstream.training;

import java.util.List;
import java.util.Map;

/** Reports as the trainer writes them. */
public final class TestingReports {

  public static final int IMAGES_A_WINDOW = 64;
  public static final String RUN = "run-1";

  private TestingReports() {}

  public static WindowReport report(int replica, long window, HardQuadruplet... hardest) {
    return report(replica, window, 0, null, null, hardest);
  }

  public static WindowReport report(
      int replica,
      long window,
      long collapses,
      String reason,
      List<String> imageIds,
      HardQuadruplet... hardest) {
    return new WindowReport(
        new WindowReport.Identity(RUN, replica, window, window + 1),
        new WindowReport.Images(IMAGES_A_WINDOW, 128, 0),
        new WindowReport.Mining(Math.max(0, window / 16 * 16 - 16), 128, 100, 75, 50),
        new WindowReport.Loss(0.7, 0.5 + 1.0 / (window + 2), 0.25, 0.1, 2.0),
        new WindowReport.Margins(0.4, 0.2, 0.25, 0.65, false),
        new Prequential(60, 45, 4),
        new WindowReport.Memory(512, 40),
        new WindowReport.Health(imageIds == null ? 0 : 1, collapses, reason, imageIds),
        new WindowReport.Details(Map.of("forward", 3.5), List.of(hardest), null));
  }

  /** The same without its times, which no two runs share. */
  public static WindowReport untimed(WindowReport report) {
    return with(
        report,
        report.identity(),
        new WindowReport.Details(Map.of(), report.details().hardest(), report.details().ledger()));
  }

  /** A window of another run. */
  public static WindowReport ofRun(String run, int replica, long window) {
    WindowReport report = report(replica, window);
    return with(
        report, new WindowReport.Identity(run, replica, window, window + 1), report.details());
  }

  /** A window after which the ledger says this. */
  public static WindowReport with(WindowReport report, PartitionLedger... ledger) {
    return with(
        report,
        report.identity(),
        new WindowReport.Details(
            report.details().stageMillis(), report.details().hardest(), List.of(ledger)));
  }

  private static WindowReport with(
      WindowReport report, WindowReport.Identity identity, WindowReport.Details details) {
    return new WindowReport(
        identity,
        report.images(),
        report.mining(),
        report.loss(),
        report.margins(),
        report.prequential(),
        report.memory(),
        report.health(),
        details);
  }

  /** A window of so many images, as all before it, of which so many were tested and found. */
  public static WindowReport tested(long window, int images, int tested, int correct) {
    return tested(0, window, images, tested, correct);
  }

  /** The same of a replica. */
  public static WindowReport tested(int replica, long window, int images, int tested, int correct) {
    WindowReport report = report(replica, window);
    return new WindowReport(
        report.identity(),
        new WindowReport.Images(images, 2 * images, 0),
        report.mining(),
        report.loss(),
        report.margins(),
        new Prequential(tested, correct, images - tested),
        report.memory(),
        report.health(),
        new WindowReport.Details(
            report.details().stageMillis(),
            report.details().hardest(),
            List.of(PartitionLedger.of(0).closed(images * (window + 1), 0))));
  }
}
