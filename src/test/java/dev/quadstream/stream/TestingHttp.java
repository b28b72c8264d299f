package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;

/** Requests with any header, also those that Java's own client keeps for itself, such as Host. */
public final class TestingHttp {

  private static final int PATIENCE_MILLIS = 60_000;

  private TestingHttp() {}

  /**
   * The status of the answer to a request to this machine.
   *
   * @param headers each {@code Name: value}
   */
  public static int status(int port, String method, String path, String... headers)
      throws IOException {
    return Integer.parseInt(answer(port, method, path, headers).get(0).split(" ", 3)[1]);
  }

  /** Status line and headers of the answer, one a line. */
  public static List<String> answer(int port, String method, String path, String... headers)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n"
              + String.join("\r\n", headers)
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      return in.lines().takeWhile(line -> !line.isEmpty()).toList();
    }
  }
}
