package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
  void theRecallIsThatOfAWholeRankingWhateverTiesThereAreAndClassesOfOne() {
    Random random = new Random(5);
    float[][] grid = new float[200][];
    List<String> labels = new ArrayList<>();
    for (int row = 0; row < grid.length; row++) {
      grid[row] = new float[] {random.nextInt(6), random.nextInt(6)};
      labels.add(row < 10 ? "alone " + row : "class " + random.nextInt(5));
    }

    assertThat(new NearestOfEach(grid, labels).recallAt1())
        .isEqualTo(
            Retrieval.byDistance().scoreLeaveOneOut(LabeledVectors.of(grid, labels)).recallAt(1));
  }

  @Test
  void whereNothingCanBeFoundIsRefused() {
    float[][] line = {{0}, {1}};

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NearestOfEach(line, List.of("a", "a")))
        .withMessageContaining("(2, classes: 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NearestOfEach(line, List.of("a", "b")))
        .withMessageContaining("(2, classes: 2)");
  }

  private static int[] rows(IntUnaryOperator nearest) {
    return IntStream.range(0, 5).map(nearest).toArray();
  }
}
