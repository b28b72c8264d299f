package dev.quadstream.serve.state;

import static dev.quadstream.training.TestingReports.IMAGES_A_WINDOW;
import static dev.quadstream.training.TestingReports.ofRun;
import static dev.quadstream.training.TestingReports.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReportHistoryTest {

  @Test
  void everyWindowIsAPointWhileThereIsRoom() {
    ReportHistory history = historyOf(4, 3);

    assertThat(history.size()).isEqualTo(3);
    assertThat(history.columns(0).get("images")).containsExactly(64, 128, 192);
    assertThat(history.columns(0).get("modelVersion")).containsExactly(1, 2, 3);
    assertThat(history.columns(0).get("activeFirst")).containsExactly(0.75, 0.75, 0.75);
  }

  @Test
  void whenFullEveryTwoPointsBecomeTheirMean() {
    ReportHistory history = historyOf(4, 5);

    assertThat(history.windowsAPoint()).isEqualTo(2);
    assertThat(history.columns(0).get("images")).containsExactly(128, 256, 320);
    double[] losses = history.columns(0).get("lossFirst");
    assertThat(losses[0]).isCloseTo(0.5 + (1.0 / 2 + 1.0 / 3) / 2, within(1e-12));
    assertThat(history.columns(0).get("tested")).containsExactly(120, 120, 60);
  }

  @Test
  void aWeekOfWindowsStaysWithinTheBoundAndLosesNoImage() {
    ReportHistory history = historyOf(1_200, 3_000_000);

    assertThat(history.size()).isBetween(600, 1_200);
    assertThat(history.images()).isEqualTo(3_000_000L * IMAGES_A_WINDOW);
    assertThat(Arrays.stream(history.columns(0).get("tested")).sum()).isEqualTo(3_000_000 * 60.0);
    assertThat(history.columns(0).get("images")).isSorted();
  }

  @Test
  void aRepeatAfterARestartChangesNothing() {
    ReportHistory history = historyOf(8, 5);

    assertThat(history.add(report(0, 3), 99)).isFalse();
    assertThat(history.images()).isEqualTo(5 * 64);
    assertThat(history.size()).isEqualTo(5);
  }

  @Test
  void aNewRunBeginsANewHistoryAndANewEpoch() {
    ReportHistory history = historyOf(8, 5);
    int epoch = history.epoch();

    assertThat(history.add(report(0, 0), 1_000)).as("the run's own first window again").isFalse();
    assertThat(history.add(ofRun("run-2", 0, 7), 1_000)).isTrue();

    assertThat(history.size()).isEqualTo(1);
    assertThat(history.images()).isEqualTo(64);
    assertThat(history.epoch()).isNotEqualTo(epoch);
    assertThat(history.runs()).isEqualTo(1);
  }

  @Test
  void theTailIsAskedForFromAnyPoint() {
    ReportHistory history = historyOf(8, 5);

    assertThat(history.columns(4).get("images")).containsExactly(320);
    assertThat(history.columns(9).get("images")).isEmpty();
  }

  private static ReportHistory historyOf(int maxPoints, int windows) {
    ReportHistory history = new ReportHistory(maxPoints);
    for (int window = 0; window < windows; window++) {
      assertThat(history.add(report(0, window), window * 100L)).isTrue();
    }
    return history;
  }
}
