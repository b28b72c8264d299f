package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {

  private final StringWriter out = new StringWriter();
  private long nanoTime;

  @Test
  void whatComesNextIsNotWrittenBehindTheBar() {
    try (ProgressLine line = line(true, 1000)) {
      after(1);
      line.show(100, "");
      line.clear();
      assertThat(out.toString()).endsWith("\r\u001b[K");
      out.getBuffer().setLength(0);
    }
    assertThat(out.toString()).as("cleared once").isEmpty();
  }

  @Test
  void redrawsABarOnATerminalAndTakesItAwayAtTheEnd() {
    try (ProgressLine line = line(true, 1000)) {
      after(1);
      line.show(500, "loss 0.5");
    }
    assertThat(out.toString())
        .contains("[###############               ] 500 of 1,000 images  500/s  loss 0.5")
        .endsWith("\r\u001b[K")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 40, 80, 200})
  void fitsTheTerminal(int columns) {
    try (ProgressLine line = line(true, columns, 1_000_000)) {
      after(1);
      line.show(500_000, "window 1,234  loss 0.500  recall@1 0.900");
    }
    String drawn = out.toString().replace("\r\u001b[K", "");
    assertThat(drawn.length()).isLessThanOrEqualTo(Math.max(1, columns - 1));
    assertThat(drawn.startsWith("[#")).isEqualTo(columns == 200);
  }

  @Test
  void writesALineEveryFewSecondsElsewhere() {
    try (ProgressLine line = line(false, 1000)) {
      for (int second = 0; second < 11; second++) {
        after(1);
        line.show(100L * second, "");
      }
    }
    assertThat(out.toString().lines())
        .containsExactly("400 of 1,000 images  80/s", "900 of 1,000 images  90/s");
  }

  @Test
  void showsOnlyTheCountOfAStreamWithoutEnd() {
    try (ProgressLine line = line(false, ImageFeed.ENDLESS)) {
      after(10);
      line.show(2000, "");
    }
    assertThat(out.toString().strip()).isEqualTo("2,000 images  200/s");
  }

  private ProgressLine line(boolean terminal, long total) {
    return line(terminal, 120, total);
  }

  private ProgressLine line(boolean terminal, int columns, long total) {
    return new ProgressLine(new PrintWriter(out), terminal, columns, total, () -> nanoTime);
  }

  private void after(long seconds) {
    nanoTime += TimeUnit.SECONDS.toNanos(seconds);
  }
}
