package dev.quadstream.cli;

import dev.quadstream.kafka.FreePorts;

/** Which ports of the loopback interface Flink's web page may take, as Flink reads them. */
final class WebPort {

  /** Where Flink's web page is expected. */
  static final int USUAL = 8081;

  /** Those below it are the administrator's. */
  private static final int FIRST_OF_USERS = 1024;

  private WebPort() {}

  /** The usual port, or any free one where another program has that. */
  static String preferred() {
    return orAny(USUAL);
  }

  /** A port, or any free one where another program has it. 0 is any. */
  static String orAny(int port) {
    requirePort(port);
    return port == 0 ? "0" : port + ",0";
  }

  /**
   * The port that was asked for; 0 asks for any.
   *
   * @throws CommandException if it is no port or not free
   */
  static String required(int port) {
    requirePort(port);
    if (port != 0 && !FreePorts.isFree(port)) {
      throw CommandException.usage(
          "Port %d is taken by another program%s; choose another with --web-port, or 0 for any."
              .formatted(port, port < FIRST_OF_USERS ? " or not this user's to take" : ""));
    }
    return Integer.toString(port);
  }

  /**
   * Refuses what is no port.
   *
   * @throws CommandException if it is not 0 to 65535
   */
  static void requirePort(int port) {
    if (port < 0 || port > 65535) {
      throw CommandException.usage("--web-port is 0 to 65535, not %d.".formatted(port));
    }
  }
}
