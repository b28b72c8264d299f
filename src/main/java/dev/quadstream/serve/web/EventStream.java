package dev.quadstream.serve.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.serve.http.RequestException;
import dev.quadstream.serve.http.Responses;
import dev.quadstream.serve.state.Feedback;
import dev.quadstream.serve.state.ReplicaProgress;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.serve.state.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells one browser after another, for as long as it stays, what changed: server-sent events, at
 * most twice a second. A browser that does not read what it is sent is let go of, so that it does
 * not hold its place for ever. Thread-safe.
 */
final class EventStream {

  static final int MAX_LISTENERS = 24;
  private static final long INTERVAL_MILLIS = 500;
  private static final int INTERVALS_TO_HEARTBEAT = 20;

  private final RunState state;
  private final Optional<Feedback> feedback;
  private final long timeoutMillis;
  private final Set<Listener> following = ConcurrentHashMap.newKeySet();
  private final AtomicInteger listeners = new AtomicInteger();
  private volatile boolean closing;

  /**
   * Nobody listens yet.
   *
   * @param feedback where people label images on the page
   * @param timeout how long a browser may take to receive one message
   */
  EventStream(RunState state, Optional<Feedback> feedback, Duration timeout) {
    this.state = state;
    this.feedback = feedback;
    this.timeoutMillis = timeout.toMillis();
  }

  /**
   * Streams until the browser leaves or the server closes.
   *
   * @param replica the replica that it looks at; null for the first
   * @param accepted called once there is room for one more
   */
  void stream(HttpExchange exchange, Long replica, Runnable accepted)
      throws IOException, RequestException {
    if (listeners.incrementAndGet() > MAX_LISTENERS) {
      listeners.decrementAndGet();
      throw new RequestException(
          503, "%d pages are open already; close one.".formatted(MAX_LISTENERS));
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().set("Cache-Control", Responses.NO_STORE);
      // A proxy such as nginx would keep events until it has a buffer full.
      exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      accepted.run();
      exchange.sendResponseHeaders(200, 0);
      Listener listener = new Listener(exchange.getResponseBody(), replica);
      following.add(listener);
      try {
        listener.follow();
      } finally {
        following.remove(listener);
      }
    } finally {
      listeners.decrementAndGet();
    }
  }

  /** Whether a browser follows. */
  boolean isFollowed() {
    return !following.isEmpty();
  }

  /** Lets go of the browsers that have not received anything for too long. Call it now and then. */
  void closeStuck() {
    long now = System.currentTimeMillis();
    for (Listener listener : following) {
      listener.endIfStuck(now - timeoutMillis);
    }
  }

  /** Lets all browsers go. */
  synchronized void close() {
    closing = true;
    notifyAll();
  }

  /** Waits until the next turn; returns whether there is to be one. */
  private synchronized boolean rest() {
    try {
      if (!closing) {
        wait(INTERVAL_MILLIS);
      }
      return !closing;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** What one browser has been told. */
  private final class Listener {

    private final OutputStream out;
    private final Long asked;
    private final Map<Section, Long> told = new EnumMap<>(Section.class);
    private byte[] status = new byte[0];
    private int historyEpoch = -1;
    private int historyFrom;
    private ReplicaProgress replica;
    private final Thread thread = Thread.currentThread();
    private volatile long sendingSince = Long.MAX_VALUE;

    Listener(OutputStream out, Long asked) {
      this.out = out;
      this.asked = asked;
    }

    void follow() throws IOException {
      int silent = 0;
      out.write("retry: 1000\n\n".getBytes(UTF_8));
      do {
        sendingSince = System.currentTimeMillis();
        look(state.shown(asked).orElse(null));
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
        sendingSince = Long.MAX_VALUE;
      } while (rest());
    }

    /** An interrupt closes the connection that the thread is writing to. */
    void endIfStuck(long deadline) {
      if (sendingSince < deadline) {
        thread.interrupt();
      }
    }

    private void look(ReplicaProgress shown) {
      if (shown != replica) {
        replica = shown;
        told.remove(Section.HISTORY);
        told.remove(Section.HARDEST);
        historyEpoch = -1;
        historyFrom = 0;
      }
    }

    private boolean sayStatus() throws IOException {
      byte[] now =
          JsonMessages.write(
              state.status(System.currentTimeMillis(), Optional.ofNullable(replica)));
      if (Arrays.equals(now, status)) {
        return false;
      }
      status = now;
      write("status", now);
      return true;
    }

    private boolean say(Section section) throws IOException {
      long revision = revision(section);
      if (told.getOrDefault(section, 0L) == revision) {
        return false;
      }
      told.put(section, revision);
      switch (section) {
        case HISTORY -> sayHistory();
        case HARDEST -> write("hardest", JsonMessages.write(replica.hardest()));
        case MODELS -> write("models", JsonMessages.write(state.models().models()));
        case MAP -> write("map", JsonMessages.write(state.models().map()));
        case HELD_OUT -> write("heldOut", JsonMessages.write(state.models().heldOut()));
        case FEEDBACK -> write("feedback", JsonMessages.write(feedback.orElseThrow().message()));
      }
      return true;
    }

    /** Of the replica that is looked at, or of the models; 0 where there is nothing to tell yet. */
    private long revision(Section section) {
      return switch (section) {
        case HISTORY, HARDEST -> replica == null ? 0 : replica.revision(section);
        case MODELS, MAP, HELD_OUT -> state.models().revision(section);
        case FEEDBACK -> feedback.map(Feedback::revision).orElse(0L);
      };
    }

    private void sayHistory() throws IOException {
      Map<String, Object> history = replica.history(historyEpoch, historyFrom);
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
