package dev.quadstream.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds loopback ports that nobody listens on at this moment; another program may be quicker. */
public final class FreePorts {

  private FreePorts() {}

  /** Any free port. */
  public static int any() {
    return otherThan(0);
  }

  /** The port, or any free one where it is 0 or another program has it. */
  public static int preferably(int port) {
    return port != 0 && isFree(port) ? port : any();
  }

  /** Whether nobody listens on a port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that is free now and differs from {@code taken}. */
  static int otherThan(int taken) {
    int port = taken;
    while (port == taken) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      } catch (IOException e) {
        throw new UncheckedIOException("No free port on the loopback interface.", e);
      }
    }
    return port;
  }

  /** The port itself, or a free one where it is 0. */
  static int resolve(int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "The Kafka broker's port must be 0 (pick a free one) to 65535, not " + port + ".");
    }
    return port == 0 ? any() : port;
  }
}
