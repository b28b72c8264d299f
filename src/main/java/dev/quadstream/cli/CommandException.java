package dev.quadstream.cli;

/** A command that cannot do its work; the message is all that a person gets to see. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The work failed. */
  static CommandException failed(String message, Throwable cause) {
    return new CommandException(ExitCode.FAILED, message, cause);
  }

  /** The command line is wrong in a way that only the command can see. */
  static CommandException usage(String message) {
    return new CommandException(ExitCode.USAGE, message, null);
  }

  /** Something that the command needs does not answer. */
  static CommandException unavailable(String message, Throwable cause) {
    return new CommandException(ExitCode.UNAVAILABLE, message, cause);
  }

  /** The configuration names something that cannot be used. */
  static CommandException configuration(String message, Throwable cause) {
    return new CommandException(ExitCode.CONFIGURATION, message, cause);
  }

  /** What the process ends with. */
  public int exitCode() {
    return exitCode;
  }
}
