package dev.quadstream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.zip.CRC32C;

/** Writes answers, each with the headers that keep a page with other people's text harmless. */
public final class Responses {

  /** Nothing from elsewhere, nothing inline: a label cannot become a script. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  public static final String JSON = "application/json";
  public static final String PNG = "image/png";
  public static final String BINARY = "application/octet-stream";

  /** For what depends on the moment. */
  public static final String NO_STORE = "no-store";

  /** For what may be kept, and is asked for again before it is shown. */
  public static final String NO_CACHE = "no-cache";

  /** Makes a body once it is known that it is to be sent. */
  public interface Body {

    byte[] bytes() throws RequestException;
  }

  private Responses() {}

  static void addSecurityHeaders(Headers headers) {
    headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
  }

  public static void send(
      HttpExchange exchange, int status, String contentType, String caching, byte[] body)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    headers.set("Cache-Control", caching);
    if (isHead(exchange)) {
      headers.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /**
   * Sends a body, or that it is still what the client has.
   *
   * @param source what the body is made from
   * @param form what it is made into: as long as both are the same the body is
   */
  public static void sendUnlessKnown(
      HttpExchange exchange, String contentType, byte[] source, String form, Body body)
      throws IOException, RequestException {
    CRC32C checksum = new CRC32C();
    checksum.update(source);
    checksum.update(form.getBytes(UTF_8));
    String tag = "\"%08x\"".formatted(checksum.getValue());
    exchange.getResponseHeaders().set("ETag", tag);
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.getResponseHeaders().set("Cache-Control", NO_CACHE);
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    send(exchange, 200, contentType, NO_CACHE, body.bytes());
  }

  /** Sends a body of known length without holding it. */
  public static void stream(
      HttpExchange exchange, String contentType, long length, InputStream body) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    headers.set("Cache-Control", NO_STORE);
    if (isHead(exchange)) {
      headers.set("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, length);
    body.transferTo(exchange.getResponseBody());
  }

  private static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  public static void sendJson(HttpExchange exchange, Object message) throws IOException {
    send(exchange, 200, JSON, NO_STORE, JsonMessages.write(message));
  }

  public static void sendProblem(HttpExchange exchange, RequestException problem)
      throws IOException {
    send(
        exchange,
        problem.status(),
        JSON,
        NO_STORE,
        JsonMessages.write(Map.of("problem", problem.getMessage())));
  }
}
