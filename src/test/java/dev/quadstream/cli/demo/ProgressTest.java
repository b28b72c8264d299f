package dev.quadstream.cli.demo;

import static dev.quadstream.training.TestingReports.tested;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.training.WindowReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private static final long SECOND = 1_000_000_000L;

  @Test
  void countsImagesAndWindowsOnceHoweverOftenAWindowIsReported() {
    Progress progress = new Progress();
    progress.add(tested(0, 64, 0, 0), 0);
    progress.add(tested(1, 64, 10, 5), SECOND);
    progress.add(tested(1, 64, 10, 5), 2 * SECOND);

    assertThat(progress.images()).isEqualTo(128);
    assertThat(progress.windows()).isEqualTo(2);
  }

  @Test
  void countsTheWindowsOfEachReplicaInWhicheverOrderTheyCome() {
    Progress progress = new Progress();
    for (int window : new int[] {1, 3, 0, 5, 2, 3, 4, 2}) {
      progress.add(tested(window % 2, window, 64, 10, window < 2 ? 0 : 8), 0);
    }

    assertThat(progress.images()).isEqualTo(6 * 64);
    assertThat(progress.windows()).isEqualTo(6);
    assertThat(progress.history().windows()).isEqualTo(6);
    assertThat(progress.history().recallAt1()).isCloseTo(32 / 60.0, within(1e-9));
  }

  @Test
  void countsAnImageThatComesTwiceWithinAWindowTwice() {
    WindowReport report = tested(0, 64, 0, 0);
    WindowReport.Images distinct = new WindowReport.Images(60, 128, 0);
    Progress progress = new Progress();
    progress.add(
        new WindowReport(
            report.identity(),
            distinct,
            report.mining(),
            report.loss(),
            report.margins(),
            report.prequential(),
            report.memory(),
            report.health(),
            report.details()),
        0);

    assertThat(progress.images()).isEqualTo(64);
  }

  @Test
  void showsSpeedAndRecallOfTheRecentWindows() {
    Progress progress = new Progress();
    for (int window = 0; window < 200; window++) {
      boolean recent = window >= 150;
      progress.add(tested(window, 64, 10, recent ? 9 : 1), window * SECOND / 2);
    }

    assertThat(progress.recentRecallAt1()).isCloseTo(0.9, within(1e-9));
    assertThat(progress.recentImagesPerSecond()).isCloseTo(128, within(1e-6));
  }

  @Test
  void takesTheRecallOfTheLastTenthOfTheWindowsAndOfEachOnce() {
    Progress progress = new Progress();
    assertThat(progress.history().recentRecallAt1()).isNaN();
    for (int window = 0; window < 100; window++) {
      progress.add(tested(window, 64, 10, window < 90 ? 0 : 8), 0);
    }
    for (int window = 95; window < 100; window++) {
      progress.add(tested(window, 64, 10, 0), 0);
    }

    assertThat(progress.history().recentRecallAt1()).isCloseTo(0.8, within(1e-9));
  }

  @Test
  void drawsOneLineWithEveryFigureOfTheRun() {
    Progress progress = new Progress();
    progress.add(tested(12, 64, 10, 5), 0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new LiveLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), false).show(progress, 3);

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            "images 832 · 0/s · recall@1 0.500 · loss 0.700 · dead letters 3 · model v13 · window"
                + " 12 · α 0.40/0.20 · active 75 %/50 %\n");
  }

  @Test
  void theLineIsDrawnOverWhereTheStartScriptSaysThatItIsATerminal() {
    Progress progress = new Progress();
    progress.add(tested(12, 64, 10, 5), 0);
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    System.setProperty("quadstream.terminal", "true");
    try {
      LiveLine.onError().show(progress, 3);
    } finally {
      System.setErr(before);
      System.clearProperty("quadstream.terminal");
    }

    assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("\r\u001b[Kimages 832");
  }

  @Test
  void aTerminalThatIsNarrowLosesWhatMattersLeastAndNoHalfFigure() {
    Progress progress = new Progress();
    for (int window = 0; window < 20_000; window++) {
      progress.add(tested(window, 64, 10, 5), window * SECOND / 20);
    }

    String line = LiveLine.line(progress, 12, 80);
    assertThat(line)
        .hasSizeLessThan(80)
        .isEqualTo("images 1,280,000 · 1280/s · recall@1 0.500 · loss 0.700 · dead letters 12");
    assertThat(LiveLine.line(progress, 12, 40)).isEqualTo("images 1,280,000 · 1280/s");
  }
}
