package dev.quadstream.cli;

/** What the shell is told, after sysexits.h where that has a number for it. */
final class ExitCode {

  static final int OK = 0;

  /** The work failed: the job, a measurement, a file. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** Kafka, a topic or Flink is not there (EX_UNAVAILABLE). */
  static final int UNAVAILABLE = 69;

  /** The configuration is wrong (EX_CONFIG). */
  static final int CONFIGURATION = 78;

  /** Ended by Ctrl-C or a signal (128 + SIGINT). */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
