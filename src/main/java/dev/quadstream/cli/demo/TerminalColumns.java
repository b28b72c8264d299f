package dev.quadstream.cli.demo;

/** How wide the terminal is: a line that is longer cannot be drawn over. */
public final class TerminalColumns {

  private static final int CUSTOMARY = 80;

  private TerminalColumns() {}

  /** Whether standard error is a terminal, as the start script found it; Java 17 cannot tell. */
  public static boolean isTerminal() {
    return Boolean.getBoolean("quadstream.terminal");
  }

  /** As the start script found it; 80 where it did not. */
  public static int ofThisProcess() {
    int columns = Integer.getInteger("quadstream.columns", CUSTOMARY);
    return columns > 0 ? columns : CUSTOMARY;
  }

  /** The line, or as much of it as leaves the last column free. */
  public static String cut(String line, int columns) {
    return line.length() < columns ? line : line.substring(0, Math.max(0, columns - 2)) + "…";
  }
}
