package dev.quadstream.stream.startup;

/**
 * The job cannot run as this machine or cluster is set up. The message names the setting, its
 * value, and what to do.
 */
public final class StartRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StartRefusedException(String message) {
    super(message);
  }

  public StartRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
