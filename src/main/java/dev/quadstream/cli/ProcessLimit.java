package dev.quadstream.cli;

import java.util.Optional;
import org.apache.flink.configuration.MemorySize;

/**
 * How large the process may become before JavaCPP refuses arrays. That counts the heap, too, so a
 * larger one would otherwise end in a refusal as soon as it is used.
 */
final class ProcessLimit {

  private static final String PROCESS = "org.bytedeco.javacpp.maxphysicalbytes";
  private static final String ARRAYS = "org.bytedeco.javacpp.maxbytes";

  /** For the JVM itself, threads, codecs, and what malloc keeps. */
  private static final MemorySize BESIDE = MemorySize.ofMebiBytes(1_600);

  private ProcessLimit() {}

  /** Sets it where nobody has; to be called before JavaCPP is loaded, which reads it once. */
  static void followHeap() {
    if (System.getProperty(PROCESS) == null) {
      bytes(Runtime.getRuntime().maxMemory(), System.getProperty(ARRAYS))
          .ifPresent(bytes -> System.setProperty(PROCESS, Long.toString(bytes)));
    }
  }

  /**
   * The limit that fits.
   *
   * @param heap its most bytes
   * @param arrays the most that arrays outside of it may take, as {@code 1500m}; null for JavaCPP's
   *     default, as much as the heap
   * @return none where that is in a form that only JavaCPP reads
   */
  static Optional<Long> bytes(long heap, String arrays) {
    try {
      long outside = arrays == null ? heap : MemorySize.parse(arrays).getBytes();
      return Optional.of(heap + outside + BESIDE.getBytes());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
