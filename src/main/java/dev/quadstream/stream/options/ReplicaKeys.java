package dev.quadstream.stream.options;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The key that stands for a replica. The keys are chosen so that each replica has a subtask of its
 * own: Flink would otherwise hash two replicas onto one and leave another idle.
 */
public final class ReplicaKeys {

  /** Upper bound of every operator's parallelism; part of the state and so for ever. */
  public static final int MAX_PARALLELISM = 128;

  private static final Map<Integer, int[]> KNOWN = new ConcurrentHashMap<>();

  private ReplicaKeys() {}

  /**
   * The key of one of several replicas, whatever the parallelism of the job: replicas that trained
   * before their number changed keep theirs.
   */
  public static int of(int replica, int replicas) {
    return KNOWN.computeIfAbsent(replicas, ReplicaKeys::of)[replica];
  }

  public static int[] of(int replicas) {
    return IntStream.range(0, replicas)
        .map(replica -> firstKey(key -> subtask(key, replicas) == replica))
        .toArray();
  }

  private static int subtask(int key, int replicas) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, replicas);
  }

  private static int firstKey(IntPredicate fits) {
    return IntStream.iterate(0, key -> key + 1).filter(fits).findFirst().orElseThrow();
  }
}
