package dev.quadstream.image;

import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * What all decoders of a process may take for their work at the same time: a quarter of the largest
 * heap ({@code -Xmx}). Whoever needs more than is free waits for the others, so that two large
 * images on two threads cost the memory of one. Thread-safe.
 */
final class DecodingMemory {

  private static final int UNIT = 1 << 10;

  /** So little is not waited for: most images are small, and fewer than this many at a time. */
  private static final long UNCOUNTED = 1 << 20;

  private static final int SHARE_OF_THE_HEAP = 4;

  private static final DecodingMemory OF_PROCESS =
      new DecodingMemory(Runtime.getRuntime().maxMemory() / SHARE_OF_THE_HEAP);

  private final int units;
  private final Semaphore free;

  DecodingMemory(long bytes) {
    this.units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
    this.free = new Semaphore(units, true);
  }

  /** The one that all decoders share. */
  static DecodingMemory ofProcess() {
    return OF_PROCESS;
  }

  /** The largest demand that can be met, in bytes. */
  long largest() {
    return (long) units * UNIT;
  }

  /** Does what takes so many bytes, at most {@link #largest()}. */
  <T> T with(long bytes, Callable<T> work) throws Exception {
    return bytes <= UNCOUNTED ? work.call() : holding((int) Math.min(units, bytes / UNIT), work);
  }

  /** Does something while nobody else does anything large. */
  <T> T alone(Callable<T> work) throws Exception {
    return holding(units, work);
  }

  /**
   * Whether the heap has so many bytes in one piece. Where it has, somebody who ran out of memory
   * for a need of that size asked for far more.
   */
  static boolean heapHolds(long bytes) {
    try {
      byte[] probe = new byte[(int) Math.min(Integer.MAX_VALUE - 8, bytes)];
      return probe.length > 0;
    } catch (OutOfMemoryError full) {
      return false;
    }
  }

  private <T> T holding(int count, Callable<T> work) throws Exception {
    free.acquireUninterruptibly(count);
    try {
      return work.call();
    } finally {
      free.release(count);
    }
  }
}
