package dev.quadstream.cli.demo;

import dev.quadstream.training.WindowReport;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * One line on the terminal that follows the run; a line every few seconds where it is no terminal.
 */
public final class LiveLine {

  private static final String NONE = "–";
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
  LiveLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** On standard error, where the start script says whether it is a terminal. */
  public static LiveLine onError() {
    return new LiveLine(System.err, TerminalColumns.isTerminal());
  }

  void show(Progress progress, long deadLetters) {
    long now = System.nanoTime() / 1_000_000;
    if (progress.last() == null || now - lastMillis < (terminal ? TERMINAL_MILLIS : LOG_MILLIS)) {
      return;
    }
    lastMillis = now;
    int columns = terminal ? TerminalColumns.ofThisProcess() : Integer.MAX_VALUE;
    String line = line(progress, deadLetters, columns);
    if (terminal) {
      out.print("\r\u001b[K" + line);
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

  /**
   * What matters most first, and as many whole figures as leave the last column free.
   *
   * @param columns of the terminal
   */
  static String line(Progress progress, long deadLetters, int columns) {
    WindowReport report = progress.last();
    Double loss = report.loss().total();
    double recall = progress.recentRecallAt1();
    StringBuilder line = new StringBuilder();
    for (String figure :
        List.of(
            figure("images %,d", progress.images()),
            figure("%.0f/s", progress.recentImagesPerSecond()),
            "recall@1 " + (Double.isNaN(recall) ? NONE : figure("%.3f", recall)),
            "loss " + (loss == null ? NONE : figure("%.3f", loss)),
            figure("dead letters %d", deadLetters),
            figure("model v%d", report.identity().version()),
            figure("window %,d", report.identity().window()),
            figure("α %.2f/%.2f", report.margins().alpha1(), report.margins().alpha2()),
            "active %s/%s"
                .formatted(
                    share(report.mining().activeShareFirst()),
                    share(report.mining().activeShareSecond())))) {
      String next = line.isEmpty() ? figure : " · " + figure;
      if (line.length() + next.length() >= columns) {
        break;
      }
      line.append(next);
    }
    return line.toString();
  }

  private static String figure(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String share(Double active) {
    return active == null ? NONE : Math.round(100 * active) + " %";
  }
}
