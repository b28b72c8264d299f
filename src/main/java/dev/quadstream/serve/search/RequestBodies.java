package dev.quadstream.serve.search;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.serve.http.RequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the bodies of requests, each and all together within a bound. A client that sends slowly
 * takes no more of it than it has sent. Thread-safe.
 */
final class RequestBodies {

  private static final int CHUNK = 1 << 16;

  private final int maxBytes;
  private final long maxBytesTogether;
  private final AtomicLong held = new AtomicLong();

  /** What is done with a body. */
  @FunctionalInterface
  interface Use {
    void with(byte[] body) throws IOException, RequestException;
  }

  /** Bodies of up to that many bytes, and of a quarter of the heap together. */
  RequestBodies(int maxBytes) {
    this.maxBytes = maxBytes;
    this.maxBytesTogether = Math.max(maxBytes, Runtime.getRuntime().maxMemory() / 4);
  }

  /**
   * Reads a body and does something with it.
   *
   * @throws RequestException 413 if it is too large, 503 if there are too many
   */
  void read(HttpExchange exchange, Use use) throws IOException, RequestException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    InputStream stream = exchange.getRequestBody();
    try {
      byte[] chunk = new byte[CHUNK];
      for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
        if (body.size() + read > maxBytes) {
          throw new RequestException(
              413, "The request has more than %d bytes: send less.".formatted(maxBytes));
        }
        body.write(chunk, 0, read);
        if (held.addAndGet(read) > maxBytesTogether) {
          throw new RequestException(
              503, "Too much is being sent at once. Try again in a few seconds.");
        }
      }
      use.with(body.toByteArray());
    } finally {
      held.addAndGet(-body.size());
    }
  }
}
