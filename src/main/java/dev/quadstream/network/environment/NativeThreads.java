package dev.quadstream.network.environment;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The threads of the network's arithmetic, as many as the process has cores, shared by all that
 * trains or embeds in it.
 *
 * <p>Work comes in chunks, whose number and limits are the caller's and must not depend on the
 * number of threads. Each is computed by one thread, in native libraries, too, so that the bits are
 * the same on any number of cores. Thread-safe. The threads end when they have been idle for a
 * while.
 */
public final class NativeThreads {

  private static final NativeOps OPENMP = openMp();
  private static final long IDLE_SECONDS = 2;
  private static final AtomicLong SUBMITTED = new AtomicLong();
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final ThreadLocal<Boolean> COMES_FIRST = ThreadLocal.withInitial(() -> false);
  private static final ThreadPoolExecutor HELPERS = helpers();

  private static volatile int count = Runtime.getRuntime().availableProcessors();

  private NativeThreads() {}

  private static NativeOps openMp() {
    // The holder fails for the rest of the process where it is made before ND4J.
    NativeLibraries.load();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }

  private static ThreadPoolExecutor helpers() {
    ThreadPoolExecutor helpers =
        new ThreadPoolExecutor(
            1,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "quadstream-chunks-" + NAMES.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    helpers.allowCoreThreadTimeOut(true);
    return helpers;
  }

  /** How many threads work at a piece of work, the one that asks for it included. */
  public static int count() {
    return count;
  }

  /**
   * Sets another number than that of the cores that this process may use.
   *
   * @param threads 1 or more
   */
  public static void limit(int threads) {
    count = threads;
  }

  /** Lets the chunks of the calling thread go before those of others, for the rest of its life. */
  public static void comeFirst() {
    COMES_FIRST.set(true);
  }

  /**
   * Computes all chunks, in any order and at the same time, and returns when all are done. The
   * calling thread takes part.
   *
   * @param chunks how many
   * @param chunk computes the one of that number
   */
  public static void forEach(int chunks, IntConsumer chunk) {
    Work work = new Work(chunks, chunk, COMES_FIRST.get());
    int helpers = Math.min(count, chunks) - 1;
    if (helpers > 0 && HELPERS.getCorePoolSize() != count - 1) {
      HELPERS.setCorePoolSize(count - 1);
    }
    for (int helper = 0; helper < helpers; helper++) {
      HELPERS.execute(new Helper(work));
    }
    while (work.computeNext()) {}
    work.await();
  }

  private static final class Work {

    private final int chunks;
    private final IntConsumer chunk;
    private final boolean comesFirst;
    private final long number = SUBMITTED.incrementAndGet();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch left;

    Work(int chunks, IntConsumer chunk, boolean comesFirst) {
      this.chunks = chunks;
      this.chunk = chunk;
      this.comesFirst = comesFirst;
      this.left = new CountDownLatch(chunks);
    }

    /** Computes a chunk that nobody has begun; says whether there was one. */
    boolean computeNext() {
      int number = next.getAndIncrement();
      if (number >= chunks) {
        return false;
      }
      try {
        OPENMP.setOmpNumThreads(1);
        chunk.accept(number);
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      } finally {
        left.countDown();
      }
      return true;
    }

    /** Waits also where the caller is interrupted: the others work on its memory. */
    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          left.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable thrown = failure.get();
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  /** Takes part in a piece of work, a chunk at a time, so that what comes first is not kept up. */
  private record Helper(Work work) implements Runnable, Comparable<Helper> {

    @Override
    public void run() {
      if (work.computeNext() && work.next.get() < work.chunks) {
        HELPERS.execute(this);
      }
    }

    @Override
    public int compareTo(Helper other) {
      return work.comesFirst == other.work.comesFirst
          ? Long.compare(work.number, other.work.number)
          : Boolean.compare(other.work.comesFirst, work.comesFirst);
    }
  }
}
