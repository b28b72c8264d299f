package dev.quadstream.stream.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShardsTest {

  static IntStream shardCounts() {
    return IntStream.concat(IntStream.rangeClosed(1, 16), IntStream.of(Shards.MAX_PARALLELISM));
  }

  @ParameterizedTest
  @MethodSource("shardCounts")
  void eachShardHasASubtaskOfItsOwn(int shards) {
    int[] subtasks =
        Arrays.stream(Shards.keys(shards))
            .map(
                key ->
                    KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        key, Shards.MAX_PARALLELISM, shards))
            .toArray();
    assertThat(subtasks).containsExactly(IntStream.range(0, shards).toArray());
  }

  @Test
  void imagesSpreadOverAllShardsByTheirIdAlone() {
    int[] images = new int[4];
    for (int i = 0; i < 4_000; i++) {
      String id = "image-" + i;
      int shard = Shards.of(id, 4);
      assertThat(Shards.of(id, 4)).isEqualTo(shard);
      images[shard]++;
    }
    assertThat(Arrays.stream(images)).allMatch(count -> count > 800 && count < 1_200);
  }

  @Test
  void anIdWithANegativeHashHasAShardToo() {
    Set<Integer> shards = new TreeSet<>();
    for (String id : new String[] {"polygenelubricants", "image-1", "zzzzzzz", ""}) {
      shards.add(Shards.of(id, 3));
    }
    assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
    assertThat(shards).allMatch(shard -> shard >= 0 && shard < 3);
  }
}
