package dev.quadstream.network;

import java.util.function.Supplier;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The OpenMP threads that the calling thread's passes run on: {@code OMP_NUM_THREADS}, or a share
 * of them for a thread that others work beside. Thread-safe.
 */
public final class NativeThreads {

  private static final NativeOps OPENMP = NativeOpsHolder.getInstance().getDeviceNativeOps();
  private static final int ALL = OPENMP.ompGetMaxThreads();

  private NativeThreads() {}

  /**
   * Leaves the calling thread one of so many parts, at least one thread, for the rest of its life.
   *
   * @param parts 1 or more
   */
  public static void share(int parts) {
    OPENMP.setOmpNumThreads(Math.max(1, ALL / parts));
  }

  /** How many the calling thread has. */
  static int count() {
    return OPENMP.ompGetMaxThreads();
  }

  /** Works with all of them, whatever the share: for what others wait for. */
  static <T> T all(Supplier<T> work) {
    int share = count();
    OPENMP.setOmpNumThreads(ALL);
    try {
      return work.get();
    } finally {
      OPENMP.setOmpNumThreads(share);
    }
  }
}
