package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestFirstTest {

  @Test
  void sortsAsAStableComparisonSortDoes() {
    Random random = new Random(8);
    NearestFirst nearestFirst = new NearestFirst(500);
    float[] extremes = {0, Float.MIN_VALUE, 1, Float.MAX_VALUE, Float.POSITIVE_INFINITY};
    for (int round = 0; round < 200; round++) {
      float[] distances = new float[500];
      for (int index = 0; index < distances.length; index++) {
        int kind = random.nextInt(3);
        distances[index] =
            kind == 0
                ? extremes[random.nextInt(extremes.length)]
                : kind == 1 ? random.nextInt(4) : random.nextFloat() * 10;
      }
      int[] candidates = IntStream.range(0, 500).filter(index -> random.nextInt(5) > 0).toArray();
      int[] expected =
          IntStream.of(candidates)
              .boxed()
              .sorted(Comparator.comparing(index -> distances[index]))
              .mapToInt(Integer::intValue)
              .toArray();

      nearestFirst.sort(distances, candidates, candidates.length);

      assertThat(candidates).isEqualTo(expected);
    }
  }
}
