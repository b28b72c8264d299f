package dev.quadstream.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of this machine's loopback interface. */
final class WebPort {

  /** Where Flink's web page is expected. */
  static final int USUAL = 8081;

  private WebPort() {}

  /** The usual port, or a free one where another program has that. */
  static int preferred() {
    return isFree(USUAL) ? USUAL : anyFree();
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
      return anyFree();
    }
    if (!isFree(port)) {
      throw CommandException.usage(
          "Port %d is taken by another program; choose another with --web-port, or 0 for any."
              .formatted(port));
    }
    return port;
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static int anyFree() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No free port on the loopback interface.", e);
    }
  }
}
