package dev.quadstream.stream.options;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Which shard an image belongs to, and the key that stands for the shard.
 *
 * <p>By the image's id, so that a tombstone, which has no label, reaches the shard of its image,
 * and every shard sees every class. The keys are chosen so that each shard has a subtask of its
 * own: Flink would otherwise hash two shards onto one and leave another idle.
 */
public final class Shards {

  /** Upper bound of every operator's parallelism; part of the state and so for ever. */
  public static final int MAX_PARALLELISM = 128;

  private Shards() {}

  /** The shard of an image. */
  public static int of(String imageId, int shards) {
    return Math.floorMod(imageId.hashCode(), shards);
  }

  /** The key of each shard. */
  public static int[] keys(int shards) {
    return IntStream.range(0, shards)
        .map(shard -> firstKey(key -> subtask(key, shards) == shard))
        .toArray();
  }

  private static int subtask(int key, int shards) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, shards);
  }

  private static int firstKey(IntPredicate fits) {
    return IntStream.iterate(0, key -> key + 1).filter(fits).findFirst().orElseThrow();
  }
}
