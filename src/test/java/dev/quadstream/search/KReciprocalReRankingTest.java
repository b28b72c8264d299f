package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quadstream.search.KReciprocalReRanking.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KReciprocalReRankingTest {

  private static final Parameters SMALL = new Parameters(6, 3, 0.3);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void agreesWithThePaperWrittenOutOnVectorsFullOfTies(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] all = new float[60][3];
    for (float[] vector : all) {
      // On a grid, so that many are equally far, and some the same.
      for (int i = 0; i < vector.length; i++) {
        vector[i] = random.nextInt(4);
      }
    }
    int probes = 15;
    double[][] expected = written(all, SMALL);

    KReciprocalReRanking reRanking = new KReciprocalReRanking(all, probes, SMALL);

    for (int probe = 0; probe < probes; probe++) {
      float[] distances = reRanking.distances(probe, squared(all, probe, probes));
      assertThat(distances).hasSize(all.length - probes);
      for (int image = 0; image < distances.length; image++) {
        assertThat((double) distances[image])
            .isEqualTo(expected[probe][probes + image], within(1e-6));
      }
    }
  }

  @Test
  void aSetIsItsOwnGallery() {
    float[][] set = TestingVectors.draw(80, 8, new SplittableRandom(9));
    double[][] expected = written(set, Parameters.OF_THE_PAPER);

    float[] distances = KReciprocalReRanking.among(set).distances(3, squared(set, 3, 0));

    assertThat(distances[3]).as("to itself").isCloseTo(0, within(1e-6f));
    for (int image = 0; image < set.length; image++) {
      assertThat((double) distances[image]).isEqualTo(expected[3][image], within(1e-6));
    }
  }

  @Test
  void aHubThatIsNearToAllIsTrustedLess() {
    // Nearest to the probe is a hub in the midst of six others, which the probe is not near to.
    float[][] all = {
      {0, 0}, {1.05f, 0}, {-1, 0.1f}, {-1, -0.1f}, {2, 0}, {1.5f, 0.5f}, {1.5f, -0.5f}, {1.6f, 0}
    };

    float[] distances =
        new KReciprocalReRanking(all, 1, new Parameters(3, 1, 0)).distances(0, squared(all, 0, 1));

    assertThat(distances[1]).isLessThan(distances[0]);
  }

  @Test
  void equalVectorsHaveNoDistance() {
    float[][] all = new float[5][2];

    assertThat(KReciprocalReRanking.among(all).distances(2, new float[5])).containsOnly(0);
  }

  private static float[] squared(float[][] all, int probe, int first) {
    float[] squared = new float[all.length - first];
    for (int image = 0; image < squared.length; image++) {
      squared[image] = (float) squared(all[probe], all[first + image]);
    }
    return squared;
  }

  private static double squared(float[] one, float[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> Math.pow(one[i] - other[i], 2)).sum();
  }

  /** The method with whole matrices and sets, as it reads in the paper. */
  private static double[][] written(float[][] all, Parameters parameters) {
    int count = all.length;
    double[][] distances = new double[count][count];
    List<List<Integer>> ranks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        distances[i][j] = squared(all[i], all[j]);
      }
      double[] row = distances[i];
      ranks.add(
          IntStream.range(0, count)
              .boxed()
              .sorted(Comparator.comparingDouble(j -> row[j]))
              .toList());
      double farthest = Arrays.stream(row).max().orElseThrow();
      Arrays.setAll(row, j -> row[j] / farthest);
    }
    double[][] own = new double[count][count];
    for (int i = 0; i < count; i++) {
      Set<Integer> near = reciprocal(ranks, i, parameters.neighbours() + 1);
      Set<Integer> widened = new LinkedHashSet<>(near);
      for (int candidate : near) {
        Set<Integer> further = reciprocal(ranks, candidate, parameters.neighbours() / 2 + 1);
        Set<Integer> common = new LinkedHashSet<>(further);
        common.retainAll(near);
        if (3 * common.size() > 2 * further.size()) {
          widened.addAll(further);
        }
      }
      double sum = 0;
      for (int j : widened) {
        own[i][j] = Math.exp(-distances[i][j]);
        sum += own[i][j];
      }
      for (int j : widened) {
        own[i][j] /= sum;
      }
    }
    double[][] expanded = new double[count][count];
    for (int i = 0; i < count; i++) {
      List<Integer> nearest = ranks.get(i).subList(0, Math.min(parameters.expansion(), count));
      for (int j = 0; j < count; j++) {
        int column = j;
        expanded[i][j] =
            nearest.stream().mapToDouble(row -> own[row][column]).average().orElseThrow();
      }
    }
    double[][] result = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        double least = 0;
        double most = 0;
        for (int k = 0; k < count; k++) {
          least += Math.min(expanded[i][k], expanded[j][k]);
          most += Math.max(expanded[i][k], expanded[j][k]);
        }
        result[i][j] =
            (1 - parameters.euclideanShare()) * (1 - least / most)
                + parameters.euclideanShare() * distances[i][j];
      }
    }
    return result;
  }

  private static Set<Integer> reciprocal(List<List<Integer>> ranks, int image, int count) {
    Set<Integer> reciprocal = new LinkedHashSet<>();
    for (int row : ranks.get(image).subList(0, Math.min(count, ranks.size()))) {
      if (ranks.get(row).subList(0, Math.min(count, ranks.size())).contains(image)) {
        reciprocal.add(row);
      }
    }
    return reciprocal;
  }
}
