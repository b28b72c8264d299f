package dev.quadstream.cli;

import java.io.PrintWriter;
import picocli.CommandLine;

/**
 * Says what is wrong with a command line in two lines, where picocli would print the whole help.
 */
final class UsageErrors implements CommandLine.IParameterExceptionHandler {

  @Override
  public int handleParseException(CommandLine.ParameterException error, String[] arguments) {
    CommandLine command = error.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(Headers.printableLines(error.getMessage())));
    CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
    err.printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
    return ExitCode.USAGE;
  }
}
