package dev.quadstream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistanceMeansTest {

  private static final float[][] ROWS = {{1, 0}, {0, 1}, {-1, 0}, {1, 0}};
  private static final ImageFeatures IMAGES = new UnitEmbeddings(ROWS);
  private static final int[] CLASSES = {0, 0, 1, 2};

  @Test
  void averagesTheSquaredDistancesOverAllPairsOfTheBatch() {
    DistanceMeans means = of(CLASSES, 100);

    // One pair of one class: (½·√2)² = ½. Pairs of two classes, ¼‖x − y‖²: (0,2) 1, (0,3) 0,
    // (1,2) ½, (1,3) ½, (2,3) 1.
    assertThat(means.positive()).isCloseTo(0.5, within(1e-6));
    assertThat(means.negative()).isCloseTo(3.0 / 5, within(1e-6));
  }

  /** Eq. 4 written out: N_p = M pairs (i, j), and N_n = 2M pairs, (i, k) and (l, k). */
  @ParameterizedTest
  @EnumSource
  void overQuadrupletsThereAreMPositivePairsAndTwiceAsManyNegativeOnes(LossForm form) {
    SplittableRandom random = new SplittableRandom(8);
    float[][] rows = new float[24][];
    int[] classes = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      classes[row] = row % 6;
      rows[row] = onTheCircle(random.nextDouble(Math.PI));
    }
    List<Quadruplet> quadruplets =
        new QuadrupletMiner(MiningPolicy.RANDOM, form)
            .mine(new float[24][24], classes, new Margins(1, 0.5), 40, random);
    double samePairs = 0;
    double sameSum = 0;
    double differentPairs = 0;
    double differentSum = 0;
    for (Quadruplet q : quadruplets) {
      samePairs++;
      sameSum += squared(rows[q.anchor()], rows[q.positive()]);
      differentPairs++;
      differentSum += squared(rows[q.anchor()], rows[q.negative()]);
      if (form == LossForm.QUADRUPLET) {
        differentPairs++;
        differentSum += squared(rows[q.secondNegative()], rows[q.negative()]);
      }
    }

    DistanceMeans means =
        DistanceMeans.overQuadruplets(new EuclideanMetric(), new UnitEmbeddings(rows), quadruplets);

    assertThat(samePairs).as("N_p = M").isEqualTo(40);
    assertThat(differentPairs).as("N_n").isEqualTo(form == LossForm.QUADRUPLET ? 80 : 40);
    assertThat(means.positive()).isCloseTo(sameSum / samePairs, within(1e-6));
    assertThat(means.negative()).isCloseTo(differentSum / differentPairs, within(1e-6));
  }

  @Test
  void isUndefinedOnTheSideThatHasNoPair() {
    assertThat(of(new int[] {0, 1, 2, 3}, 100).positive()).isNaN();
    assertThat(of(new int[] {0, 0, 0, 0}, 100).negative()).isNaN();
    assertThat(of(new int[] {0, 0, 0, 0}, 100).defined()).isFalse();
  }

  @Test
  void estimatesWithoutBiasWhereThereAreMorePairsThanAreMeasured() {
    double sum = 0;
    int draws = 4_000;
    SplittableRandom random = new SplittableRandom(3);
    for (int draw = 0; draw < draws; draw++) {
      sum +=
          DistanceMeans.overPairs(new EuclideanMetric(), IMAGES, CLASSES, 2, random.split())
              .negative();
    }

    assertThat(sum / draws).isCloseTo(0.6, within(0.02));
  }

  @Test
  void keepsTheUnmeasuredSideWhileSmoothing() {
    DistanceMeans smoothed =
        new DistanceMeans(0.2, 0.6).smoothedWith(new DistanceMeans(Double.NaN, 1.0), 0.9);

    assertThat(smoothed.positive()).isEqualTo(0.2);
    assertThat(smoothed.negative()).isCloseTo(0.64, within(1e-12));
  }

  @Test
  void startsFromTheFirstObservation() {
    DistanceMeans first = new DistanceMeans(0.3, 0.5);

    assertThat(DistanceMeans.UNDEFINED.smoothedWith(first, 0.9)).isEqualTo(first);
  }

  /**
   * The absorbing state: means over mined negatives make the margin vanish, means over all pairs do
   * not.
   */
  @Test
  void leavesAMarginWhereMeansOverMinedNegativesWouldLeaveNone() {
    SplittableRandom random = new SplittableRandom(5);
    float[][] rows = new float[120][];
    int[] classes = new int[rows.length];
    for (int row = 0; row < rows.length; row++) {
      classes[row] = row / 4;
      rows[row] = onTheCircle(classes[row] * 0.2 + random.nextDouble(0.4));
    }
    double positive = 0;
    double hardest = 0;
    for (int row = 0; row < rows.length; row++) {
      double nearestNegative = 1;
      double farthestPositive = 0;
      for (int other = 0; other < rows.length; other++) {
        double squared = squared(rows[row], rows[other]);
        if (classes[other] == classes[row]) {
          farthestPositive = Math.max(farthestPositive, squared);
        } else {
          nearestNegative = Math.min(nearestNegative, squared);
        }
      }
      positive += farthestPositive / rows.length;
      hardest += nearestNegative / rows.length;
    }
    DistanceMeans unbiased =
        DistanceMeans.overPairs(
            new EuclideanMetric(), new UnitEmbeddings(rows), classes, 10_000, random);
    MarginRule rule = new MarginRule(true, new Margins(1, 0.5), 1, 0.5, 0);

    assertThat(rule.marginsFor(false, new DistanceMeans(positive, hardest)).first()).isZero();
    assertThat(rule.marginsFor(false, unbiased).first()).isGreaterThan(0.3);
  }

  private static DistanceMeans of(int[] classes, int maxPairs) {
    return DistanceMeans.overPairs(
        new EuclideanMetric(), IMAGES, classes, maxPairs, new SplittableRandom(1));
  }

  private static float[] onTheCircle(double angle) {
    return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
  }

  private static double squared(float[] a, float[] b) {
    float distance =
        new EuclideanMetric()
            .distances(new UnitEmbeddings(new float[][] {a, b}), new int[] {0}, new int[] {1})[0];
    return (double) distance * distance;
  }
}
