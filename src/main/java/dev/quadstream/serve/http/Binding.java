package dev.quadstream.serve.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a server listens, and what it asks of its clients.
 *
 * @param address of the interface to serve on; another than a loopback one needs a token
 * @param port TCP port, 0 for any free one
 * @param token asked of every client; null for none, or for one that is made up where a token is
 *     needed
 */
public record Binding(String address, int port, String token) {

  private static final int SHORTEST_TOKEN = 8;

  public Binding {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("A port is 0 to 65535, not " + port + ".");
    }
    if (token != null && !token.matches("[A-Za-z0-9_-]{" + SHORTEST_TOKEN + ",200}")) {
      throw new IllegalArgumentException(
          "A token has %d to 200 letters, digits, underscores and hyphens."
              .formatted(SHORTEST_TOKEN));
    }
  }

  /** Any free port of this machine's own interface, without a token. */
  public static Binding loopback(int port) {
    return new Binding("127.0.0.1", port, null);
  }

  /**
   * The interface to serve on.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  InetAddress inetAddress() {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "Nothing can be bound to '%s': no such address. Use 127.0.0.1 for this machine only or 0.0.0.0 for all its interfaces."
              .formatted(address),
          e);
    }
  }
}
