package dev.quadstream.stream.startup;

/**
 * The job cannot run as this machine or cluster is set up. The message names the setting, its
 * value, and what to do.
 */
public final class StartRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean passing;

  public StartRefusedException(String message) {
    this(message, null);
  }

  public StartRefusedException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private StartRefusedException(String message, Throwable cause, boolean passing) {
    super(message, cause);
    this.passing = passing;
  }

  /** Where a file or directory cannot be read or written now, and may be a moment later. */
  public static StartRefusedException passing(String message, Throwable cause) {
    return new StartRefusedException(message, cause, true);
  }

  /** Whether it may be otherwise a moment later. */
  public boolean isPassing() {
    return passing;
  }
}
