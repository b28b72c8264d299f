package dev.quadstream.serve.http;

import dev.quadstream.serve.DaemonThreads;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that requests are read and answered on. Java's server gives each connection that has
 * sent a byte a thread until its request is answered, so that a few dozen clients that dribble
 * could keep everyone else out. Here the slowest goes when a newcomer waits. Thread-safe.
 */
final class RequestThreads implements Executor, AutoCloseable {

  private final ThreadPoolExecutor pool;
  private final long graceNanos;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();
  private final ThreadLocal<Running> current = new ThreadLocal<>();

  /** A connection whose request is read or answered by a thread. */
  private static final class Running {

    private final Thread thread = Thread.currentThread();
    private final long since = System.nanoTime();
    private boolean ended;

    /** Closes the connection that the thread reads from or writes to. */
    synchronized void interrupt() {
      if (!ended) {
        ended = true;
        thread.interrupt();
      }
    }

    synchronized void end() {
      ended = true;
      // What came too late is not the next request's.
      Thread.interrupted();
    }
  }

  /**
   * Nobody asks yet.
   *
   * @param threads at most, 1 or more
   * @param waiting connections that wait for a thread at most; more are closed
   * @param grace how long each may take, whoever waits
   */
  RequestThreads(int threads, int waiting, Duration grace) {
    this.graceNanos = grace.toNanos();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(waiting),
            DaemonThreads.named("request"));
    pool.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable request) {
    pool.execute(() -> run(request));
    closeSlowest();
  }

  private void run(Runnable request) {
    Running self = new Running();
    running.add(self);
    current.set(self);
    try {
      request.run();
    } finally {
      current.remove();
      running.remove(self);
      self.end();
    }
  }

  /** Lets the calling thread's request take as long as it wants: one that others are counted by. */
  void keepCurrent() {
    running.remove(current.get());
  }

  /**
   * Ends the requests that have taken longest, as many as wait for a thread. Call it now and then:
   * who has just begun is spared for the time of grace.
   */
  void closeSlowest() {
    int waiting = pool.getQueue().size();
    if (waiting == 0) {
      return;
    }
    long latest = System.nanoTime() - graceNanos;
    running.stream()
        .filter(request -> request.since - latest < 0)
        .sorted(Comparator.comparingLong(request -> request.since))
        .limit(waiting)
        .forEach(Running::interrupt);
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
