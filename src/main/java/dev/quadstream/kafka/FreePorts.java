package dev.quadstream.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds loopback ports that nobody listens on at this moment; another program may be quicker.
 *
 * <p>They lie below those that systems lend to outgoing connections (from 32768 on Linux, 49152
 * elsewhere). One of these could be lent before it is listened on, or while a server that is to
 * come back is away, even to the very client that tries to reach it.
 */
public final class FreePorts {

  private static final int FIRST = 20_000;
  private static final int PORTS = 12_768;

  /** One after the other, so that none is found twice; from anywhere, as other programs do. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

  private FreePorts() {}

  public static int any() {
    return otherThan(0);
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
    for (int attempt = 0; attempt < PORTS; attempt++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), PORTS);
      if (port != taken && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "No port from %d to %d of the loopback interface is free."
            .formatted(FIRST, FIRST + PORTS - 1));
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
