package dev.quadstream.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/**
 * Says what is wrong with a command line in two lines, where picocli would print the whole help.
 */
final class UsageErrors implements CommandLine.IParameterExceptionHandler {

  /** Picocli's words for a group of commands without one of them. */
  private static final String NO_COMMAND = "Missing required subcommand";

  @Override
  public int handleParseException(CommandLine.ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    PrintWriter err = command.getErr();
    String message =
        error.getMessage().equals(NO_COMMAND)
            ? "Give one of %s.".formatted(String.join(", ", command.getSubcommands().keySet()))
            : Headers.printableLines(error.getMessage());
    err.println(command.getColorScheme().errorText(message));
    CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
    err.printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
  }
}
