package dev.quadstream.stream.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplicaKeysTest {

  static IntStream counts() {
    return IntStream.concat(
        IntStream.rangeClosed(1, 16), IntStream.of(ReplicaKeys.MAX_PARALLELISM));
  }

  @ParameterizedTest
  @MethodSource("counts")
  void eachReplicaHasASubtaskOfItsOwn(int replicas) {
    int[] subtasks =
        Arrays.stream(ReplicaKeys.of(replicas))
            .map(
                key ->
                    KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        key, ReplicaKeys.MAX_PARALLELISM, replicas))
            .toArray();
    assertThat(subtasks).containsExactly(IntStream.range(0, replicas).toArray());
  }
}
