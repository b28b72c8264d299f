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
  private static final long MOST_DRAINED = 64L << 20;

  private final int mostBytes;
  private final long mostBytesTogether;
  private final AtomicLong held = new AtomicLong();

  /** What is done with a body. */
  @FunctionalInterface
  interface Use {
    void with(byte[] body) throws IOException, RequestException;
  }

  /** Bodies of up to that many bytes, and of a quarter of the heap together. */
  RequestBodies(int mostBytes) {
    this.mostBytes = mostBytes;
    this.mostBytesTogether = Math.max(mostBytes, Runtime.getRuntime().maxMemory() / 4);
  }

  private static void drain(InputStream stream, byte[] chunk) throws IOException {
    long left = MOST_DRAINED;
    for (int read = 0; read >= 0 && left > 0; left -= read) {
      read = stream.read(chunk);
    }
  }

  /**
   * Reads a body and does something with it.
   *
   * @throws RequestException 413 if it is too large, 503 if there are too many
   */
  void read(HttpExchange exchange, Use use) throws IOException, RequestException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (InputStream stream = exchange.getRequestBody()) {
      byte[] chunk = new byte[CHUNK];
      for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
        if (body.size() + read > mostBytes) {
          // Who is still sending would not hear the answer.
          drain(stream, chunk);
          throw new RequestException(
              413, "The request has more than %d bytes: send less.".formatted(mostBytes));
        }
        body.write(chunk, 0, read);
        if (held.addAndGet(read) > mostBytesTogether) {
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
