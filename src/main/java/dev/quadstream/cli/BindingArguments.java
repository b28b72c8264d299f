package dev.quadstream.cli;

import dev.quadstream.serve.http.Binding;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags of what is served over HTTP: where it listens, and what it asks of its clients. */
final class BindingArguments {

  private final int usualPort;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "Port to serve on, 0 for any free one. Default: 8080 of the page, 8082 of search.")
  private Integer port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Interface to serve on, 0.0.0.0 for all; beyond this machine a token is asked for."
              + " Default: ${DEFAULT-VALUE}.")
  private String bind;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "What clients must bring, 8 or more letters and digits. Also from"
              + " QUADSTREAM_DASHBOARD_TOKEN or QUADSTREAM_SEARCH_TOKEN, where the process list"
              + " does not show it. Default: made up where one is needed.")
  private String token;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Flags of a command that serves on this port unless told otherwise. */
  BindingArguments(int usualPort) {
    this.usualPort = usualPort;
  }

  /**
   * What was asked for.
   *
   * @throws IllegalArgumentException if a value is none
   */
  Binding binding() {
    return new Binding(bind, port == null ? usualPort : port, token == null ? variable() : token);
  }

  /** The environment's token; one that is set to nothing counts as not set. */
  private String variable() {
    String name = "QUADSTREAM_%s_TOKEN".formatted(command.name().toUpperCase(Locale.ROOT));
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
