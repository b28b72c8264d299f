package dev.quadstream.serve.web;

import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.WindowReport;
import java.util.List;
import java.util.Map;

/** Reports as the trainer writes them. */
public final class TestingReports {

  public static final int IMAGES_A_WINDOW = 64;

  private TestingReports() {}

  public static WindowReport report(int shard, long window, HardQuadruplet... hardest) {
    return report(shard, window, 0, null, null, hardest);
  }

  public static WindowReport report(
      int shard,
      long window,
      long collapses,
      String reason,
      List<String> imageIds,
      HardQuadruplet... hardest) {
    return new WindowReport(
        shard,
        window,
        window + 1,
        Math.max(0, window / 16 * 16 - 16),
        IMAGES_A_WINDOW,
        128,
        0,
        128,
        100,
        75,
        50,
        0.7,
        0.5 + 1.0 / (window + 2),
        0.25,
        0.1,
        0.4,
        0.2,
        0.25,
        0.65,
        2.0,
        60,
        45,
        4,
        0.75,
        512,
        40,
        imageIds == null ? 0 : 1,
        collapses,
        false,
        reason,
        imageIds,
        Map.of("forward", 3.5),
        List.of(hardest));
  }
}
