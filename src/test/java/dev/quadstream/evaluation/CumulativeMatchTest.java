package dev.quadstream.evaluation;

import static dev.quadstream.evaluation.RetrievalTest.labels;
import static dev.quadstream.evaluation.RetrievalTest.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CumulativeMatchTest {

  private static final Retrieval RETRIEVAL = Retrieval.byDistance();

  @Test
  void agreesWithRatesComputedByHand() {
    // Whichever image of a class is the gallery's, the other is a probe. The a's at 0 and 1 find
    // each other first. b at 10 and c at 11, b at 20 and c at 21:
    //   gallery b10 c11: b20 ranks c first, c21 ranks c first      gallery b20 c21: b10 b, c11 b
    //   gallery b10 c21: b20 c, c11 b                              gallery b20 c11: b10 c, c21 b
    // Of the 2 probes 1, 1, 0 and 0 are found at rank 1, and all at rank 2, a being farther.
    LabeledVectors set = LabeledVectors.of(line(-90, -89, 10, 11, 20, 21), labels("aabcbc"));

    CumulativeMatch match = CumulativeMatch.singleShot(RETRIEVAL, set, 3, 4000, 1);

    assertThat(match.rateAt(1)).isEqualTo((1 + 0.5) / 3, within(0.02));
    assertThat(match.rateAt(2)).isEqualTo(1);
    assertThat(match.rateAt(3)).isEqualTo(1);
    assertThat(match.classes()).isEqualTo(3);
    assertThat(match.trials()).isEqualTo(4000);
  }

  @Test
  void agreesWithTheExpectationOverAllGalleries() {
    // The oracle does not draw: it lists every gallery of 4 classes x 3 images and averages.
    Random random = new Random(6);
    float[][] vectors = new float[12][2];
    List<String> names = new ArrayList<>();
    for (int row = 0; row < 12; row++) {
      names.add("class-" + row % 4);
      vectors[row] = new float[] {random.nextInt(7), random.nextInt(7)};
    }

    CumulativeMatch match =
        CumulativeMatch.singleShot(RETRIEVAL, LabeledVectors.of(vectors, names), 4, 20_000, 2);

    double[] expected = expectedRates(vectors);
    assertThat(expected[0]).isBetween(0.1, 0.9);
    for (int rank = 1; rank <= 4; rank++) {
      assertThat(match.rateAt(rank)).isEqualTo(expected[rank - 1], within(0.01));
    }
  }

  /** The galleries are drawn as the product draws them; all that follows is written out anew. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void agreesWithTheProtocolWrittenOutOnTiesAndCameras(int seed) {
    int classes = 6;
    int trials = 20;
    SplittableRandom made = new SplittableRandom(100 + seed);
    float[][] vectors = new float[40][2];
    List<String> names = new ArrayList<>();
    int[] groups = new int[vectors.length];
    for (int row = 0; row < vectors.length; row++) {
      vectors[row] = new float[] {made.nextInt(5), made.nextInt(5)};
      int name = row < classes ? row : made.nextInt(classes);
      names.add("class-" + name);
      // A group is what one camera saw of one class.
      groups[row] = 10 * name + made.nextInt(2);
    }

    CumulativeMatch match =
        CumulativeMatch.singleShot(
            RETRIEVAL, LabeledVectors.grouped(vectors, names, groups), classes, trials, seed);

    SplittableRandom draws = new SplittableRandom(seed);
    double[] rates = new double[classes];
    int junk = 0;
    for (int trial = 0; trial < trials; trial++) {
      int[] gallery = new int[classes];
      for (int name = 0; name < classes; name++) {
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < vectors.length; row++) {
          if (names.get(row).equals("class-" + name)) {
            rows.add(row);
          }
        }
        gallery[name] = rows.get(draws.nextInt(rows.size()));
      }
      List<Integer> ranks = new ArrayList<>();
      for (int probe = 0; probe < vectors.length; probe++) {
        int own = gallery[Integer.parseInt(names.get(probe).substring(6))];
        if (own == probe) {
          continue;
        }
        if (groups[own] == groups[probe]) {
          junk++;
          continue;
        }
        int rank = 1;
        for (int other : gallery) {
          double nearer =
              squared(vectors[probe], vectors[own]) - squared(vectors[probe], vectors[other]);
          if (nearer > 0 || (nearer == 0 && names.get(other).compareTo(names.get(own)) < 0)) {
            rank++;
          }
        }
        ranks.add(rank);
      }
      for (int k = 1; k <= classes; k++) {
        int limit = k;
        rates[k - 1] +=
            (double) ranks.stream().filter(rank -> rank <= limit).count() / ranks.size();
      }
    }
    assertThat(junk).isPositive();
    assertThat(match.excludedProbes()).isEqualTo(junk);
    for (int k = 1; k <= classes; k++) {
      assertThat(match.rateAt(k)).as("rank " + k).isCloseTo(rates[k - 1] / trials, within(1e-6));
    }
  }

  @Test
  void aClassOfOneImageOnlyDistracts() {
    LabeledVectors set = LabeledVectors.of(line(0, 2, 1), labels("aab"));

    CumulativeMatch match = CumulativeMatch.singleShot(RETRIEVAL, set, 2, 10, 1);

    assertThat(match.classesWithoutProbe()).isEqualTo(1);
    assertThat(match.rateAt(1)).isZero();
    assertThat(match.rateAt(2)).isEqualTo(1);
  }

  @Test
  void theCurveIsAFunctionOfTheSeed() {
    LabeledVectors set = LabeledVectors.of(line(0, 3, 1, 4, 2, 5), labels("aabbcc"));

    assertThat(CumulativeMatch.singleShot(RETRIEVAL, set, 3, 7, 1))
        .isEqualTo(CumulativeMatch.singleShot(RETRIEVAL, set, 3, 7, 1))
        .isNotEqualTo(CumulativeMatch.singleShot(RETRIEVAL, set, 3, 7, 2));
  }

  @Test
  void probesOfTheGalleryImagesGroupAreExcludedAndCounted() {
    LabeledVectors set =
        LabeledVectors.grouped(line(0, 1, 5, 6), labels("aabb"), new int[] {1, 1, 2, 3});

    CumulativeMatch match = CumulativeMatch.singleShot(RETRIEVAL, set, 2, 10, 1);

    assertThat(match.excludedProbes()).isEqualTo(10);
    assertThat(match.rateAt(1)).isEqualTo(1);
  }

  @Test
  void aCurveLongerThanTheGalleryIsRefused() {
    LabeledVectors set = LabeledVectors.of(line(0, 1, 2), labels("aab"));

    assertThatThrownBy(() -> CumulativeMatch.singleShot(RETRIEVAL, set, 3, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use 1 to 2 ranks");
  }

  @Test
  void classesOfOneImageEachAreRefused() {
    LabeledVectors set = LabeledVectors.of(line(0, 1), labels("ab"));

    assertThatThrownBy(() -> CumulativeMatch.singleShot(RETRIEVAL, set, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("None of the 2 classes has a second image");
  }

  @Test
  void aRankBeyondTheCurveIsRefused() {
    CumulativeMatch match = new CumulativeMatch(List.of(0.5, 1.0), 1, 2, 0, 0);

    assertThatThrownBy(() -> match.rateAt(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from rank 1 to 2");
  }

  private static double[] expectedRates(float[][] vectors) {
    double[] rates = new double[4];
    for (int gallery = 0; gallery < 81; gallery++) {
      int[] rows = {
        4 * (gallery % 3),
        1 + 4 * (gallery / 3 % 3),
        2 + 4 * (gallery / 9 % 3),
        3 + 4 * (gallery / 27)
      };
      for (int probe = 0; probe < 12; probe++) {
        int own = probe % 4;
        if (rows[own] == probe) {
          continue;
        }
        int rank = 1;
        for (int other = 0; other < 4; other++) {
          double closer = squared(vectors[probe], vectors[rows[own]]);
          double distance = squared(vectors[probe], vectors[rows[other]]);
          // The gallery's order, which breaks ties, is that of the classes' first appearance.
          if (distance < closer || (distance == closer && other < own)) {
            rank++;
          }
        }
        for (int within = rank; within <= 4; within++) {
          rates[within - 1] += 1.0 / (8 * 81);
        }
      }
    }
    return rates;
  }

  private static double squared(float[] first, float[] second) {
    return Math.pow((double) first[0] - second[0], 2) + Math.pow((double) first[1] - second[1], 2);
  }
}
