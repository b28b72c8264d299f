package dev.quadstream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuadrupletMinerTest {

  private static final Margins MARGINS = new Margins(0.3, 0.15);

  @ParameterizedTest
  @EnumSource
  void spansThreeClassesAndNeverPairsAnImageWithItself(MiningPolicy policy) {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] classes = random.ints(12, 0, 5).toArray();
      List<Quadruplet> mined = mine(policy, randomSquares(12, random), classes, 30, random);

      assertThat(mined)
          .as("seed %d", seed)
          .allMatch(quadruplet -> TestingQuadruplets.isValid(quadruplet, classes));
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsAQuadrupletForEachAnchorThatHasOneAndGoesRoundUntilItHasAsMany(MiningPolicy policy) {
    int[] classes = {0, 0, 1, 1, 2, 3};
    SplittableRandom random = new SplittableRandom(1);
    List<Quadruplet> mined = mine(policy, randomSquares(6, random), classes, 10, random);

    assertThat(mined).hasSize(10);
    assertThat(mined.stream().map(Quadruplet::anchor))
        .containsExactly(0, 1, 2, 3, 0, 1, 2, 3, 0, 1);
  }

  @ParameterizedTest
  @EnumSource
  void findsNoneInAWindowOfOneOrTwoClassesOrOfOneImageAClass(MiningPolicy policy) {
    assertThat(mineFromRandom(policy, 0, 0, 0, 0)).isEmpty();
    assertThat(mineFromRandom(policy, 0, 0, 1, 1)).isEmpty();
    assertThat(mineFromRandom(policy, 0, 1, 2, 3)).isEmpty();
    assertThat(mineFromRandom(policy)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void twoClassesAreEnoughForTriplets(MiningPolicy policy) {
    QuadrupletMiner triplets = new QuadrupletMiner(policy, LossForm.TRIPLET);
    for (int seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] classes = {0, 0, 1, 1, 0};
      List<Quadruplet> mined = triplets.mine(randomSquares(5, random), classes, MARGINS, 7, random);

      assertThat(mined)
          .hasSize(7)
          .allMatch(triplet -> triplet.isTriplet() && TestingQuadruplets.isValid(triplet, classes));
    }
    SplittableRandom random = new SplittableRandom(1);
    assertThat(triplets.mine(squares(3), new int[] {0, 0, 0}, MARGINS, 7, random)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void copesWithIdenticalImages(MiningPolicy policy) {
    int[] classes = {0, 0, 1, 1, 2, 2};

    assertThat(mine(policy, new float[6][6], classes, 6, new SplittableRandom(1)))
        .hasSize(6)
        .allMatch(quadruplet -> TestingQuadruplets.isValid(quadruplet, classes));
  }

  @Test
  void hardestIsExactlyTheOneThatEnumeratingAllQuadrupletsFinds() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] classes = random.ints(10, 0, 4).toArray();
      float[][] squared = randomSquares(10, random);
      Map<Integer, Quadruplet> byAnchor = new HashMap<>();
      mine(MiningPolicy.HARDEST, squared, classes, 10, random)
          .forEach(quadruplet -> byAnchor.putIfAbsent(quadruplet.anchor(), quadruplet));

      for (int anchor = 0; anchor < 10; anchor++) {
        assertThat(byAnchor.get(anchor))
            .as("seed %d, anchor %d", seed, anchor)
            .isEqualTo(hardestByEnumeration(anchor, squared, classes));
      }
    }
  }

  /** Each quadruplet as often as the policy's definition says, and none that it rules out. */
  @ParameterizedTest
  @EnumSource(names = "HARDEST", mode = EnumSource.Mode.EXCLUDE)
  void sampledPoliciesDrawEveryQuadrupletAsOftenAsEnumeratingAllSays(MiningPolicy policy) {
    int[] classes = {0, 0, 0, 1, 1, 2, 2, 3, 3, 3};
    int draws = 30_000;
    for (int seed = 1; seed <= 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[][] squared = randomSquares(classes.length, random);
      Map<Quadruplet, Integer> counts = new HashMap<>();
      for (int draw = 0; draw < draws; draw++) {
        counts.merge(mine(policy, squared, classes, 1, random.split()).get(0), 1, Integer::sum);
      }

      Map<Quadruplet, Double> chances = chancesByEnumeration(policy, 0, squared, classes);
      assertThat(chances.keySet()).as("seed %d", seed).containsAll(counts.keySet());
      chances.forEach(
          (quadruplet, chance) ->
              assertThat((double) counts.getOrDefault(quadruplet, 0) / draws)
                  .as("%s, chance %s", quadruplet, chance)
                  .isCloseTo(chance, within(5 * Math.sqrt(chance * (1 - chance) / draws) + 1e-9)));
    }
  }

  @Test
  void semiHardIsTheNearestNegativeBeyondThePositive() {
    int[] classes = {0, 0, 1, 2, 3};
    float[][] squared = squares(5);
    set(squared, 0, 1, 0.30f);
    set(squared, 0, 2, 0.10f);
    set(squared, 0, 3, 0.40f);
    set(squared, 0, 4, 0.90f);
    set(squared, 3, 2, 0.35f);
    set(squared, 3, 4, 0.20f);

    Quadruplet mined =
        mine(MiningPolicy.SEMI_HARD, squared, classes, 1, new SplittableRandom(1)).get(0);

    assertThat(mined).isEqualTo(new Quadruplet(0, 1, 3, 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void samplesAlikeAmongTheNegativesThatViolateTheMarginBeyondThePositive(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] classes = IntStream.range(0, 20).map(row -> row / 2).toArray();
    float[][] squared = randomSquares(20, random);
    set(squared, 0, 1, 0.4f);
    List<Integer> violating = new ArrayList<>();
    for (int row = 2; row < 20; row++) {
      if (squared[0][row] > 0.4f && squared[0][row] < 0.4 + MARGINS.first()) {
        violating.add(row);
      }
    }
    int draws = 20_000;
    int[] counts = new int[20];
    for (int draw = 0; draw < draws; draw++) {
      counts[mine(MiningPolicy.MARGIN, squared, classes, 1, random.split()).get(0).negative()]++;
    }

    assertThat(violating).isNotEmpty();
    for (int row = 2; row < 20; row++) {
      double expected = violating.contains(row) ? 1.0 / violating.size() : 0;
      assertThat((double) counts[row] / draws)
          .as("seed %d, row %d of %s", seed, row, violating)
          .isCloseTo(expected, within(0.02));
    }
  }

  @Test
  void samplesAmongTheFiveNearestWhereNoNegativeViolatesTheMargin() {
    int[] classes = {0, 0, 1, 2, 3, 4, 5, 6, 7};
    float[][] squared = squares(9);
    for (int row = 2; row < 9; row++) {
      set(squared, 0, row, 0.5f + 0.05f * row);
    }
    set(squared, 0, 1, 0.01f);
    SplittableRandom random = new SplittableRandom(2);
    int[] counts = new int[9];
    for (int draw = 0; draw < 5_000; draw++) {
      counts[mine(MiningPolicy.MARGIN, squared, classes, 1, random.split()).get(0).negative()]++;
    }

    assertThat(counts[7] + counts[8]).isZero();
    for (int row = 2; row < 7; row++) {
      assertThat(counts[row]).isBetween(850, 1_150);
    }
  }

  @Test
  void drawsPositivesAtRandomButForTheHardestPolicy() {
    int[] classes = {0, 0, 0, 1, 2};
    SplittableRandom random = new SplittableRandom(4);
    float[][] squared = randomSquares(5, random);
    int[] counts = new int[5];
    for (int draw = 0; draw < 4_000; draw++) {
      counts[mine(MiningPolicy.RANDOM, squared, classes, 1, random.split()).get(0).positive()]++;
    }

    assertThat(counts[1]).isBetween(1_850, 2_150);
    assertThat(counts[2]).isBetween(1_850, 2_150);
  }

  /** Hardest trusts wrong labels most; the default must be hurt no more than their share. */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.2})
  void choosesMislabelledNegativesLessOftenThanTheHardestPolicyDoes(double noise) {
    SplittableRandom random = new SplittableRandom(9);
    int images = 120;
    int[] truth = IntStream.range(0, images).map(row -> row / 6).toArray();
    int[] labels = truth.clone();
    for (int row = 0; row < images; row++) {
      if (random.nextDouble() < noise) {
        labels[row] = random.nextInt(20);
      }
    }
    float[][] squared = squares(images);
    for (int a = 0; a < images; a++) {
      for (int b = a + 1; b < images; b++) {
        double centre = truth[a] == truth[b] ? 0.1 : 0.4;
        set(squared, a, b, (float) (centre + random.nextDouble(0.15)));
      }
    }
    double margin = mislabelledShare(MiningPolicy.MARGIN, squared, labels, truth, random);
    double hardest = mislabelledShare(MiningPolicy.HARDEST, squared, labels, truth, random);

    assertThat(hardest).isGreaterThan(1.5 * noise);
    assertThat(margin).isLessThan(hardest / 2);
  }

  private static double mislabelledShare(
      MiningPolicy policy, float[][] squared, int[] labels, int[] truth, SplittableRandom random) {
    List<Quadruplet> mined = mine(policy, squared, labels, 120, random);
    return (double)
            mined.stream()
                .filter(quadruplet -> truth[quadruplet.anchor()] == truth[quadruplet.negative()])
                .count()
        / mined.size();
  }

  private static Quadruplet hardestByEnumeration(int anchor, float[][] squared, int[] classes) {
    List<Quadruplet> all = new ArrayList<>();
    for (int j = 0; j < classes.length; j++) {
      for (int k = 0; k < classes.length; k++) {
        for (int l = 0; l < classes.length; l++) {
          Quadruplet quadruplet = new Quadruplet(anchor, j, k, l);
          if (TestingQuadruplets.isValid(quadruplet, classes)) {
            all.add(quadruplet);
          }
        }
      }
    }
    Comparator<Quadruplet> hardest =
        Comparator.<Quadruplet>comparingDouble(q -> -squared[q.anchor()][q.positive()])
            .thenComparingDouble(q -> squared[q.anchor()][q.negative()])
            .thenComparingDouble(q -> squared[q.negative()][q.secondNegative()]);
    return all.stream().min(hardest).orElse(null);
  }

  /** The chance of every valid quadruplet of an anchor, straight from the policy's definition. */
  private static Map<Quadruplet, Double> chancesByEnumeration(
      MiningPolicy policy, int anchor, float[][] squared, int[] classes) {
    int own = classes[anchor];
    List<Integer> positives =
        rows(classes).filter(row -> row != anchor && classes[row] == own).boxed().toList();
    Map<Quadruplet, Double> chances = new HashMap<>();
    for (int j : positives) {
      float positive = squared[anchor][j];
      List<Integer> first =
          eligible(
              policy,
              rows(classes).filter(row -> classes[row] != own).boxed().toList(),
              squared[anchor],
              positive,
              MARGINS.first());
      for (int k : first) {
        List<Integer> second =
            eligible(
                policy,
                rows(classes)
                    .filter(row -> classes[row] != own && classes[row] != classes[k])
                    .boxed()
                    .toList(),
                squared[k],
                positive,
                MARGINS.second());
        for (int l : second) {
          chances.put(
              new Quadruplet(anchor, j, k, l),
              1.0 / positives.size() / first.size() / second.size());
        }
      }
    }
    return chances;
  }

  /** Those that the policy draws from, all alike. */
  private static List<Integer> eligible(
      MiningPolicy policy, List<Integer> rows, float[] squared, float positive, double margin) {
    List<Integer> nearestFirst =
        rows.stream().sorted(Comparator.comparingDouble(row -> squared[row])).toList();
    List<Integer> beyond = nearestFirst.stream().filter(row -> squared[row] > positive).toList();
    List<Integer> violating =
        beyond.stream().filter(row -> squared[row] - positive < margin).toList();
    return switch (policy) {
      case RANDOM -> rows;
      case HARDEST -> nearestFirst.subList(0, 1);
      case SEMI_HARD ->
          beyond.isEmpty()
              ? nearestFirst.subList(rows.size() - 1, rows.size())
              : beyond.subList(0, 1);
      case MARGIN -> violating.isEmpty() ? nearestFirst.stream().limit(5).toList() : violating;
    };
  }

  private static IntStream rows(int[] classes) {
    return IntStream.range(0, classes.length);
  }

  private static List<Quadruplet> mineFromRandom(MiningPolicy policy, int... classes) {
    SplittableRandom random = new SplittableRandom(1);
    return mine(policy, randomSquares(classes.length, random), classes, 8, random);
  }

  private static List<Quadruplet> mine(
      MiningPolicy policy, float[][] squared, int[] classes, int asked, SplittableRandom random) {
    return new QuadrupletMiner(policy, LossForm.QUADRUPLET)
        .mine(squared, classes, MARGINS, asked, random);
  }

  private static float[][] squares(int rows) {
    return new float[rows][rows];
  }

  private static float[][] randomSquares(int rows, SplittableRandom random) {
    float[][] squared = squares(rows);
    for (int a = 0; a < rows; a++) {
      for (int b = a + 1; b < rows; b++) {
        set(squared, a, b, (float) random.nextDouble());
      }
    }
    return squared;
  }

  private static void set(float[][] squared, int a, int b, float value) {
    squared[a][b] = value;
    squared[b][a] = value;
  }
}
