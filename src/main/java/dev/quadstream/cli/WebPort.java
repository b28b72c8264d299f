package dev.quadstream.cli;

import dev.quadstream.kafka.FreePorts;

/** Ports of this machine's loopback interface. */
final class WebPort {

  /** Where Flink's web page is expected. */
  static final int USUAL = 8081;

  private WebPort() {}

  /** The usual port, or a free one where another program has that. */
  static int preferred() {
    return FreePorts.preferably(USUAL);
  }

  /**
   * The port that was asked for; 0 asks for any.
   *
   * @throws CommandException if it is no port or not free
   */
  static int required(int port) {
    if (port < 0 || port > 65535) {
      throw CommandException.usage("--web-port is 0 to 65535, not %d.".formatted(port));
    }
    if (port == 0) {
      return FreePorts.any();
    }
    if (!FreePorts.isFree(port)) {
      throw CommandException.usage(
          "Port %d is taken by another program; choose another with --web-port, or 0 for any."
              .formatted(port));
    }
    return port;
  }
}
