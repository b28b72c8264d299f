package dev.quadstream.stream.startup;

import dev.quadstream.network.environment.NativeLibraries;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;

/**
 * The memory that a process may take, in bytes.
 *
 * @param heap the most that the Java heap may grow to
 * @param offHeap what Flink leaves for native memory; none where it runs in this process and leaves
 *     that to others
 * @param arrays the most that native arrays may take together; 0 for no limit
 * @param process the size of the whole process beyond which JavaCPP refuses; 0 for no limit
 */
public record MemoryLimits(long heap, long offHeap, long arrays, long process) {

  static final long NONE = Long.MAX_VALUE;

  private static final String ARRAYS = "org.bytedeco.javacpp.maxbytes";
  private static final String PROCESS = "org.bytedeco.javacpp.maxphysicalbytes";

  /**
   * The limits of this process.
   *
   * @param flink the configuration of the TaskManager
   */
  public static MemoryLimits ofThisProcess(ReadableConfig flink) {
    return new MemoryLimits(
        Runtime.getRuntime().maxMemory(),
        flink
            .getOptional(TaskManagerOptions.TASK_OFF_HEAP_MEMORY)
            .map(MemorySize::getBytes)
            .orElse(NONE),
        NativeLibraries.arrayLimitBytes(),
        NativeLibraries.processLimitBytes());
  }

  /**
   * Returns if the demand fits.
   *
   * @param demand of all that is in this process
   * @throws StartRefusedException naming the setting, its value and what it must be at least
   */
  public void require(MemoryDemand demand) {
    double allNative = (double) demand.nativeBytes() + demand.backboneBytes();
    requireNative(TaskManagerOptions.TASK_OFF_HEAP_MEMORY.key(), offHeap, (long) allNative);
    if (arrays > 0) {
      requireNative(ARRAYS, arrays, demand.nativeBytes());
    }
    if (demand.heapBytes() > heap) {
      throw refusal(
          "the heap (-Xmx; on a cluster taskmanager.memory.task.heap.size or process.size)",
          heap,
          demand.heapBytes(),
          "exemplar memory, windows, distances, trainer state, merge and images that wait for labels",
          "memory.capacity, mining.waiting-windows, mining.quadruplets, window.images,"
              + " window.max-images or labels.capacity");
    }
    if (process > 0 && allNative > process - demand.heapBytes()) {
      throw refusal(
          PROCESS,
          process,
          (long) (allNative + demand.heapBytes()),
          "heap and native memory together",
          "window.images, window.max-images, mining.memory-images, mining.quadruplets or the"
              + " trunk");
    }
  }

  private static void requireNative(String setting, long limit, long needed) {
    if (needed > limit) {
      throw refusal(
          setting,
          limit,
          needed,
          "network, activations and backbone in native memory",
          "window.images, window.max-images, mining.memory-images, mining.quadruplets or the"
              + " trunk");
    }
  }

  private static StartRefusedException refusal(
      String setting, long limit, long needed, String what, String options) {
    return new StartRefusedException(
        "%s is %d MiB, and %s take at least %d MiB: raise it, or lower %s. docs/operations.md has the formula."
            .formatted(setting, limit >> 20, what, (needed >> 20) + 1, options));
  }
}
