package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExactSearchTest {

  @Test
  void findsWhatSortingAllRowsFinds() {
    SplittableRandom random = new SplittableRandom(3);
    float[][] rows = TestingVectors.draw(400, 16, random);
    ExactSearch search = new ExactSearch(rows);
    for (int probe = 0; probe < rows.length; probe++) {
      int own = probe;
      int[] expected =
          IntStream.range(0, rows.length)
              .filter(row -> row != own)
              .boxed()
              .sorted(Comparator.comparingDouble(row -> squared(rows[row], rows[own])))
              .limit(6)
              .mapToInt(Integer::intValue)
              .toArray();

      assertThat(search.nearest(rows[own], own, 6)).isEqualTo(expected);
    }
  }

  @Test
  void theFirstOfEquallyNearOnesComesFirst() {
    float[][] rows = {{0, 1}, {1, 0}, {1, 0}, {1, 0}};

    assertThat(new ExactSearch(rows).nearest(new float[] {1, 0}, -1, 3)).containsExactly(1, 2, 3);
    assertThat(new ExactSearch(rows).nearest(new float[] {1, 0}, 2, 9)).containsExactly(1, 3, 0);
  }

  @Test
  void findsNothingWhereThereIsNothing() {
    assertThat(new ExactSearch(new float[0][]).nearest(new float[] {1}, -1, 3)).isEmpty();
    assertThat(new ExactSearch(new float[][] {{1}}).nearest(new float[] {1}, 0, 3)).isEmpty();
  }

  private static double squared(float[] left, float[] right) {
    double sum = 0;
    for (int d = 0; d < left.length; d++) {
      sum += Math.pow((double) left[d] - right[d], 2);
    }
    return sum;
  }
}
