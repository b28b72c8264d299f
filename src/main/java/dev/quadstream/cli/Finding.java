package dev.quadstream.cli;

import java.util.Locale;

/**
 * What the doctor found on one point.
 *
 * @param level how bad it is
 * @param subject what was looked at
 * @param message what was found, and where it is not well, what to do
 */
record Finding(Level level, String subject, String message) {

  enum Level {
    OK,
    WARNING,
    PROBLEM
  }

  static Finding ok(String subject, String message) {
    return new Finding(Level.OK, subject, message);
  }

  static Finding warning(String subject, String message) {
    return new Finding(Level.WARNING, subject, message);
  }

  static Finding problem(String subject, String message) {
    return new Finding(Level.PROBLEM, subject, message);
  }

  @Override
  public String toString() {
    String text = level.name().toLowerCase(Locale.ROOT);
    return "%-8s %-14s %s".formatted(text, subject, Headers.printableLines(message));
  }
}
