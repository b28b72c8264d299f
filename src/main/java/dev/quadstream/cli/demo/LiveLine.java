package dev.quadstream.cli.demo;

import dev.quadstream.training.WindowReport;
import java.io.PrintStream;
import java.util.Locale;

/**
 * One line on the terminal that follows the run; a line every few seconds where it is no terminal.
 */
public final class LiveLine {

  private static final long TERMINAL_MILLIS = 250;
  private static final long LOG_MILLIS = 5_000;

  private final PrintStream out;
  private final boolean terminal;
  private long lastMillis;
  private boolean drawn;

  /**
   * A line that has not been drawn.
   *
   * @param terminal whether {@code out} can draw over a line
   */
  public LiveLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void show(Progress progress, long deadLetters) {
    long now = System.nanoTime() / 1_000_000;
    if (progress.last() == null || now - lastMillis < (terminal ? TERMINAL_MILLIS : LOG_MILLIS)) {
      return;
    }
    lastMillis = now;
    String line = line(progress, deadLetters);
    if (terminal) {
      out.print("\r\u001b[K" + TerminalColumns.cut(line, TerminalColumns.ofThisProcess()));
      out.flush();
      drawn = true;
    } else {
      out.println(line);
    }
  }

  /** Leaves the line as it stands and goes to the next. */
  void end() {
    if (drawn) {
      out.println();
    }
  }

  static String line(Progress progress, long deadLetters) {
    WindowReport report = progress.last();
    return String.format(
        Locale.ROOT,
        "images %,d · %.0f/s · window %,d · model v%d · loss %s · α %.2f/%.2f · active %s/%s · recall@1 %s · dead letters %d",
        progress.images(),
        progress.recentImagesPerSecond(),
        report.identity().window(),
        report.identity().version(),
        report.loss().total() == null
            ? "–"
            : String.format(Locale.ROOT, "%.3f", report.loss().total()),
        report.margins().alpha1(),
        report.margins().alpha2(),
        share(report.mining().activeShareFirst()),
        share(report.mining().activeShareSecond()),
        Double.isNaN(progress.recentRecallAt1())
            ? "–"
            : String.format(Locale.ROOT, "%.3f", progress.recentRecallAt1()),
        deadLetters);
  }

  private static String share(Double active) {
    return active == null ? "–" : Math.round(100 * active) + " %";
  }
}
