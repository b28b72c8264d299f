package dev.quadstream.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Throws seeded records at a target, one after the other, and fails where one of them makes it
 * throw or work without end, or where the heap grows with their number.
 *
 * <p>A record is a function of the seed and its number, so that the one that a failure names can be
 * thrown again alone: {@code -Dfuzz.seed=S -Dfuzz.first=N -Dfuzz.factor=0}. {@code
 * -Dfuzz.factor=100} throws 100 times as many.
 */
public final class TestingFuzzer {

  private static final long SEED = Long.getLong("fuzz.seed", 20_170_401);
  private static final int FIRST = Integer.getInteger("fuzz.first", 0);
  private static final int FACTOR = Integer.getInteger("fuzz.factor", 1);

  private static final Duration POLL = Duration.ofMillis(50);

  /** Of processor time, which a loaded machine does not stretch. */
  private static final Duration MAX_WORK = Duration.ofSeconds(15);

  /** Of real time, for what waits instead of working. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(3);

  /** What other tests of this JVM leave comes and goes; 1 KB kept of each record would be more. */
  private static final long MAX_GROWTH_BYTES = 40L << 20;

  private static final long WARM = 5;

  private final String name;
  private final Target target;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  private volatile int record = -1;
  private volatile long startedAt;
  private volatile long startedAtWork;

  /** What takes a record. */
  public interface Target {

    /**
     * Makes a record of these draws and takes it.
     *
     * @throws Exception where it did not do with the record what it should
     */
    void take(int record, SplittableRandom random) throws Exception;
  }

  private TestingFuzzer(String name, Target target) {
    this.name = name;
    this.target = target;
  }

  /** Throws so many records at the target. */
  public static void run(String name, int records, Target target) throws Exception {
    int count = FACTOR == 0 ? 1 : Math.multiplyExact(records, FACTOR);
    new TestingFuzzer(name, target).run(count);
  }

  private void run(int count) throws Exception {
    FutureTask<Void> all = new FutureTask<>(() -> throwAll(count), null);
    Thread worker = new Thread(all, "fuzz-" + name);
    worker.setDaemon(true);
    worker.start();
    while (true) {
      try {
        all.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException stillAtWork) {
        requireProgress(worker);
      } catch (ExecutionException e) {
        throw new AssertionError("%s failed: %s".formatted(named(record), e.getCause()), e);
      }
    }
  }

  private void throwAll(int count) {
    long warm = 0;
    for (int number = FIRST; number < FIRST + count; number++) {
      if (number == FIRST + count / WARM) {
        warm = usedHeap();
      }
      startedAtWork = threads.getCurrentThreadCpuTime();
      startedAt = System.nanoTime();
      record = number;
      try {
        target.take(
            number, new SplittableRandom(SEED * 1_000_003 + 31L * name.hashCode() + number));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    long grown = usedHeap() - warm;
    if (grown > MAX_GROWTH_BYTES) {
      throw new AssertionError(
          "The heap grew by %d bytes over the last four fifths of %d records."
              .formatted(grown, count));
    }
  }

  private void requireProgress(Thread worker) {
    int watched = record;
    long work = threads.getThreadCpuTime(worker.getId()) - startedAtWork;
    long waited = System.nanoTime() - startedAt;
    boolean tooLong = work > MAX_WORK.toNanos() || waited > MAX_WAIT.toNanos();
    if (watched >= 0 && tooLong && watched == record) {
      StackTraceElement[] at = worker.getStackTrace();
      throw new AssertionError(
          "%s has worked for %d ms and not come back from%n  %s"
              .formatted(
                  named(watched),
                  TimeUnit.NANOSECONDS.toMillis(work),
                  String.join(
                      System.lineSeparator() + "  ",
                      Arrays.stream(at).map(StackTraceElement::toString).toList())));
    }
  }

  private String named(int number) {
    return "Record %d of '%s' with seed %d".formatted(number, name, SEED);
  }

  private static long usedHeap() {
    // Twice: what a first collection only queues for its finalizer, the second frees.
    System.gc();
    System.runFinalization();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
