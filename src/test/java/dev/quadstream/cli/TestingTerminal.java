package dev.quadstream.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/** Runs commands as a process would, with an environment of its own, and keeps what they print. */
final class TestingTerminal {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment;

  TestingTerminal() {
    this(Map.of());
  }

  TestingTerminal(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs one command and returns its exit code. */
  int run(String... arguments) {
    CommandLine commandLine = Quadstream.commandLine(environment);
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
