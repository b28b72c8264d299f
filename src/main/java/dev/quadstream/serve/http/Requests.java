package dev.quadstream.serve.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;

/** Answers requests; called by many threads at once. */
@FunctionalInterface
public interface Requests {

  /** Whether a path is read without the token, by whoever watches the process. */
  default boolean isOpen(String path) {
    return false;
  }

  /**
   * Answers one that was let in.
   *
   * @throws RequestException if it cannot be answered, which is told to the client
   */
  void answer(HttpExchange exchange) throws IOException, RequestException;
}
