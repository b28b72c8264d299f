package dev.quadstream.cli.demo;

import dev.quadstream.training.WindowReport;
import java.util.List;
import java.util.Map;

/** Window reports with just the figures that the demo reads. */
final class TestingReports {

  private TestingReports() {}

  static WindowReport report(long window, int images, int tested, int correct) {
    return new WindowReport(
        0,
        window,
        window + 1,
        0,
        images,
        2 * images,
        0,
        128,
        100,
        75,
        50,
        1.25,
        0.5,
        0.25,
        0.5,
        0.41,
        0.205,
        0.25,
        0.66,
        2.0,
        tested,
        correct,
        images - tested,
        tested == 0 ? null : (double) correct / tested,
        512,
        40,
        0,
        0,
        false,
        null,
        null,
        Map.of(),
        List.of());
  }
}
