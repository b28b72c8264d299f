package dev.quadstream.network.environment;

import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The OpenMP threads that the calling thread's passes run on: {@code OMP_NUM_THREADS}, or a share
 * of them for a thread that others work beside. Thread-safe.
 */
public final class NativeThreads {

  private static final NativeOps OPENMP = openMp();

  private static volatile int all = OPENMP.ompGetMaxThreads();

  private NativeThreads() {}

  private static NativeOps openMp() {
    // The holder fails for the rest of the process where it is made before ND4J.
    NativeLibraries.load();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }

  /**
   * Holds the process to so many threads, where nobody set {@code OMP_NUM_THREADS} and the library
   * has counted the machine's cores.
   *
   * @param threads of each trainer, 1 or more
   */
  public static void limit(int threads) {
    all = threads;
  }

  /**
   * Leaves the calling thread one of so many parts, at least one thread, for the rest of its life.
   *
   * @param parts 1 or more
   */
  public static void share(int parts) {
    OPENMP.setOmpNumThreads(Math.max(1, all / parts));
  }

  /**
   * Leaves OpenBLAS one thread in this process where oneDNN is there for the layers. OpenBLAS then
   * has only the metric's small products, and its further threads would spin between two of them,
   * whatever {@code OMP_WAIT_POLICY} says, on cores that others need. For a program that trains or
   * embeds to call once, as it starts.
   */
  public static void leaveOpenBlasOne() {
    if (NativeLibraries.hasOneDnn(
        NativeThreads.class.getClassLoader(), NativeLibraries.platform())) {
      Nd4j.factory().blas().setMaxThreads(1);
    }
  }

  /** How many the calling thread has. */
  public static int count() {
    return OPENMP.ompGetMaxThreads();
  }

  /** Works with all of them, whatever the share: for what others wait for. */
  public static <T> T all(Supplier<T> work) {
    int share = count();
    OPENMP.setOmpNumThreads(all);
    try {
      return work.get();
    } finally {
      OPENMP.setOmpNumThreads(share);
    }
  }
}
