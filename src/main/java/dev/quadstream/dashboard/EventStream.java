package dev.quadstream.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.dashboard.RunState.Section;
import dev.quadstream.kafka.JsonMessages;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells one browser after another, for as long as it stays, what changed: server-sent events, at
 * most twice a second.
 */
final class EventStream {

  private static final int MOST_LISTENERS = 24;
  private static final long INTERVAL_MILLIS = 500;
  private static final int INTERVALS_TO_HEARTBEAT = 20;

  private final RunState state;
  private final AtomicInteger listeners = new AtomicInteger();
  private volatile boolean closing;

  EventStream(RunState state) {
    this.state = state;
  }

  /** Streams until the browser leaves or the server closes. */
  void stream(HttpExchange exchange) throws IOException, RequestException {
    if (listeners.incrementAndGet() > MOST_LISTENERS) {
      listeners.decrementAndGet();
      throw new RequestException(
          503, "%d pages are open already; close one.".formatted(MOST_LISTENERS));
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().set("Cache-Control", Responses.NO_STORE);
      exchange.sendResponseHeaders(200, 0);
      new Listener(exchange.getResponseBody()).follow();
    } finally {
      listeners.decrementAndGet();
    }
  }

  /** Lets all browsers go. */
  synchronized void close() {
    closing = true;
    notifyAll();
  }

  private synchronized void rest() {
    try {
      if (!closing) {
        wait(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing = true;
    }
  }

  /** What one browser has been told. */
  private final class Listener {

    private final OutputStream out;
    private final Map<Section, Long> told = new EnumMap<>(Section.class);
    private byte[] status = new byte[0];
    private int historyEpoch = -1;
    private int historyFrom;

    Listener(OutputStream out) {
      this.out = out;
    }

    void follow() throws IOException {
      int silent = 0;
      out.write("retry: 1000\n\n".getBytes(UTF_8));
      while (!closing) {
        boolean said = sayStatus();
        for (Section section : Section.values()) {
          said |= say(section);
        }
        silent = said ? 0 : silent + 1;
        if (silent >= INTERVALS_TO_HEARTBEAT) {
          out.write(": still here\n\n".getBytes(UTF_8));
          silent = 0;
        }
        out.flush();
        rest();
      }
    }

    private boolean sayStatus() throws IOException {
      byte[] now = JsonMessages.write(state.status(System.currentTimeMillis()));
      if (Arrays.equals(now, status)) {
        return false;
      }
      status = now;
      write("status", now);
      return true;
    }

    private boolean say(Section section) throws IOException {
      long revision = state.revision(section);
      if (told.getOrDefault(section, 0L) == revision) {
        return false;
      }
      told.put(section, revision);
      switch (section) {
        case HISTORY -> sayHistory();
        case HARDEST -> write("hardest", JsonMessages.write(state.hardest()));
        case MODELS -> write("models", JsonMessages.write(state.models()));
        case MAP -> write("map", JsonMessages.write(state.map()));
      }
      return true;
    }

    private void sayHistory() throws IOException {
      Map<String, Object> history = state.history(historyEpoch, historyFrom);
      historyEpoch = (int) history.get("epoch");
      // The last point may still grow.
      historyFrom = Math.max(0, (int) history.get("size") - 1);
      write("history", JsonMessages.write(history));
    }

    private void write(String event, byte[] json) throws IOException {
      out.write(("event: " + event + "\ndata: ").getBytes(UTF_8));
      out.write(json);
      out.write("\n\n".getBytes(UTF_8));
    }
  }
}
