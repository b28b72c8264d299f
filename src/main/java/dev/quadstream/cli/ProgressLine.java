package dev.quadstream.cli;

import dev.quadstream.cli.demo.TerminalColumns;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a command is: a bar that redraws itself on a terminal, a line every few seconds
 * elsewhere. Not thread-safe.
 */
final class ProgressLine implements AutoCloseable {

  private static final int WIDTH = 30;
  private static final int NARROWEST = 5;

  /** Brackets, a blank, and the column that stays free. */
  private static final int BORDER = 4;

  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintWriter out;
  private final boolean terminal;
  private final int columns;
  private final long total;
  private final LongSupplier nanoTime;
  private final long start;
  private long lastShown;
  private boolean drawn;

  /**
   * A line that shows nothing yet.
   *
   * @param out where it goes
   * @param terminal whether that is a terminal
   * @param columns of the terminal, which the line leaves none of
   * @param total what makes it full, or {@link ImageFeed#ENDLESS}
   * @param nanoTime the clock
   */
  ProgressLine(PrintWriter out, boolean terminal, int columns, long total, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
    this.total = total;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.lastShown = start;
  }

  /** On standard error, where the start script says whether it is a terminal. */
  static ProgressLine onError(PrintWriter err, long total) {
    return new ProgressLine(
        err,
        TerminalColumns.isTerminal(),
        TerminalColumns.ofThisProcess(),
        total,
        System::nanoTime);
  }

  /** Shows the count if it is time to. */
  void show(long done, String details) {
    long now = nanoTime.getAsLong();
    if (now - lastShown < (terminal ? ON_TERMINAL : ELSEWHERE).toNanos()) {
      return;
    }
    lastShown = now;
    String line = line(done, (now - start) / NANOS_PER_SECOND, details);
    if (terminal) {
      out.print("\r\u001b[K" + TerminalColumns.cut(line, columns));
      drawn = true;
    } else {
      out.println(line);
    }
    out.flush();
  }

  private String line(long done, double seconds, String details) {
    String rate = String.format(Locale.ROOT, "%,.0f/s", done / seconds);
    String tail = details.isEmpty() ? rate : rate + "  " + details;
    if (total == ImageFeed.ENDLESS || total <= 0) {
      return String.format(Locale.ROOT, "%,d images  %s", done, tail);
    }
    String count = String.format(Locale.ROOT, "%,d of %,d images", done, total);
    if (!terminal) {
      return count + "  " + tail;
    }
    String text = count + "  " + tail;
    int width = Math.min(WIDTH, columns - text.length() - BORDER);
    if (width < NARROWEST) {
      return text;
    }
    int full = (int) Math.min(width, width * done / total);
    return "[" + "#".repeat(full) + " ".repeat(width - full) + "] " + text;
  }

  /** Takes the bar off the terminal, so that what comes next is not written behind it. */
  void clear() {
    if (drawn) {
      drawn = false;
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
