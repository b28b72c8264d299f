package dev.quadstream.serve.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.quadstream.serve.DaemonThreads;
import dev.quadstream.serve.LastingWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of HTTP on the JDK's own, with what it lacks: it asks who may ask, slow clients keep
 * nobody out, and what goes wrong with a request is its answer. Thread-safe.
 */
public final class WebServer implements AutoCloseable {

  /** How long a request may take to come. */
  public static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

  /** Of a body that was not read, in bytes. */
  private static final long MAX_DISCARDED = 64L << 20;

  private static final int REQUESTS_WAITING = 1_000;
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** Tells whether the process serves. */
  private static final String HEALTH = "/health";

  private final HttpServer http;
  private final AccessPolicy access;
  private final RequestThreads threads;
  private final ScheduledExecutorService care;

  private WebServer(HttpServer http, AccessPolicy access, int threads) {
    this.http = http;
    this.access = access;
    this.threads = new RequestThreads(threads, REQUESTS_WAITING, GRACE);
    this.care = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("slow-requests"));
    LastingWork closing = new LastingWork(this.threads::closeSlowest, WebServer::tell);
    var unused = care.scheduleWithFixedDelay(closing, 1, 1, TimeUnit.SECONDS);
  }

  private static void tell(Throwable failure) {
    if (failure != null) {
      LOG.warn("Slow requests were not closed, which is tried again.", failure);
    }
  }

  /**
   * Takes the port; answers nothing yet.
   *
   * @param threads how many requests are answered at once, 1 or more
   * @throws UncheckedIOException if the port is taken
   * @throws IllegalArgumentException if there is no such interface
   */
  public static WebServer bind(Binding binding, int threads) {
    InetAddress address = binding.inetAddress();
    try {
      HttpServer http = HttpServer.create(new InetSocketAddress(address, binding.port()), 0);
      return new WebServer(http, new AccessPolicy(address, binding.token()), threads);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Nothing can be served on %s port %d: %s. Choose another port, or 0 for any."
              .formatted(binding.address(), binding.port(), e.getMessage()),
          e);
    }
  }

  /** Answers from now on. */
  public void start(Requests requests) {
    http.setExecutor(threads);
    http.createContext("/", exchange -> handle(exchange, requests));
    http.start();
  }

  private void handle(HttpExchange exchange, Requests requests) throws IOException {
    try (exchange) {
      Responses.addSecurityHeaders(exchange.getResponseHeaders());
      try {
        if (exchange.getRequestURI().getPath().equals(HEALTH)) {
          // Before the token: whoever watches the process has none, and learns nothing.
          Responses.sendJson(exchange, Map.of("status", "up"));
          return;
        }
        if (!requests.isOpen(exchange.getRequestURI().getPath())) {
          access.check(exchange);
        }
        requests.answer(exchange);
      } catch (RequestException e) {
        discardBody(exchange);
        Responses.sendProblem(exchange, e);
      } catch (RuntimeException | Error e) {
        // Without the query, which may hold the token.
        LOG.warn(
            "{} {} failed.", exchange.getRequestMethod(), exchange.getRequestURI().getPath(), e);
        Responses.sendProblem(
            exchange, new RequestException(500, "The server made a mistake; its log says more."));
      }
    }
  }

  /** Who is still sending would not hear the answer. */
  private static void discardBody(HttpExchange exchange) throws IOException {
    byte[] chunk = new byte[1 << 16];
    long left = MAX_DISCARDED;
    for (int read = 0; read >= 0 && left > 0; left -= read) {
      read = exchange.getRequestBody().read(chunk);
    }
  }

  /** Who may ask. */
  public AccessPolicy access() {
    return access;
  }

  /** Lets the calling thread's request take as long as it wants: one that others are counted by. */
  public void keepCurrent() {
    threads.keepCurrent();
  }

  public int port() {
    return http.getAddress().getPort();
  }

  /** Its address without a path, such as {@code http://localhost:8080}. */
  public String address() {
    InetAddress bind = http.getAddress().getAddress();
    String host =
        bind.isLoopbackAddress() || bind.isAnyLocalAddress() ? "localhost" : bind.getHostAddress();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  @Override
  public void close() {
    http.stop(0);
    care.shutdownNow();
    threads.close();
  }
}
