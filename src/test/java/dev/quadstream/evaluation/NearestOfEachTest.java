package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestOfEachTest {

  @Test
  void eachFindsTheNearestOtherOneAndTheNearestOfItsClass() {
    float[][] line = {{0}, {1}, {1.5f}, {6}, {9}};
    NearestOfEach nearest = new NearestOfEach(line, List.of("a", "b", "a", "b", "c"));

    assertThat(rows(nearest::ofAll)).containsExactly(1, 2, 1, 4, 3);
    assertThat(rows(nearest::ofOwnClass)).containsExactly(2, 3, 0, 1, -1);
    assertThat(nearest.distance(0)).isEqualTo(1);
    assertThat(nearest.distance(4)).isEqualTo(9);
  }

  @Test
  void ofEquallyNearOnesTheFirstIsTaken() {
    NearestOfEach nearest =
        new NearestOfEach(new float[][] {{0}, {2}, {-2}}, List.of("a", "b", "a"));

    assertThat(nearest.ofAll(0)).isEqualTo(1);
  }

  @Test
  void theOnlyOneFindsNothing() {
    assertThat(new NearestOfEach(new float[][] {{1}}, List.of("a")).ofAll(0)).isEqualTo(-1);
  }

  private static int[] rows(IntUnaryOperator nearest) {
    return IntStream.range(0, 5).map(nearest).toArray();
  }
}
