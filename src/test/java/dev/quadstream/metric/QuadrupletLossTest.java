package dev.quadstream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The mistakes named here are those found in public implementations of the paper. */
class QuadrupletLossTest {

  private static final double EXACT = 1e-12;
  private static final QuadrupletLoss QUADRUPLET = new QuadrupletLoss(LossForm.QUADRUPLET);
  private static final QuadrupletLoss TRIPLET = new QuadrupletLoss(LossForm.TRIPLET);

  @Test
  void agreesWithAHandComputedBatch() {
    // g² of (i,j): 0.04, 0.25; of (i,k): 0.09, 0.81; of (l,k): 0.16, 0.36.
    QuadrupletLoss.Result result =
        QUADRUPLET.of(array(0.2, 0.5), array(0.3, 0.9), array(0.4, 0.6), new Margins(0.3, 0.2));

    // First term: 0.04 − 0.09 + 0.3 = 0.25; 0.25 − 0.81 + 0.3 = −0.26, inactive.
    assertThat(result.first().active()).isEqualTo(1);
    assertThat(result.first().loss()).isCloseTo(0.25, within(EXACT));
    // Second term: 0.04 − 0.16 + 0.2 = 0.08; 0.25 − 0.36 + 0.2 = 0.09.
    assertThat(result.second().active()).isEqualTo(2);
    assertThat(result.second().loss()).isCloseTo(0.085, within(EXACT));
    assertThat(result.loss()).isCloseTo(0.335, within(EXACT));
  }

  // The batch from above, over M = 2 and not over the active one.
  @Test
  void aMeanOverAllDividesByTheNumberOfQuadruplets() {
    QuadrupletLoss.Result result =
        new QuadrupletLoss(LossForm.QUADRUPLET, HingeMean.ALL)
            .of(array(0.2, 0.5), array(0.3, 0.9), array(0.4, 0.6), new Margins(0.3, 0.2));

    assertThat(result.first().loss()).isCloseTo(0.25 / 2, within(EXACT));
    assertThat(result.first().active()).isEqualTo(1);
    assertThat(result.second().loss()).isCloseTo((0.08 + 0.09) / 2, within(EXACT));
    // The first quadruplet is active in both terms, the second in the second one.
    assertThat(result.anchorPositiveGradient())
        .containsExactly(array(2 * 0.2 / 2 + 2 * 0.2 / 2, 2 * 0.5 / 2), within(EXACT));
    assertThat(result.anchorNegativeGradient())
        .containsExactly(array(-2 * 0.3 / 2, 0), within(EXACT));
    assertThat(result.secondNegativeGradient())
        .containsExactly(array(-2 * 0.4 / 2, -2 * 0.6 / 2), within(EXACT));
  }

  @Test
  void squaresTheDistances() {
    QuadrupletLoss.Result result =
        QUADRUPLET.of(array(0.5), array(0.5), array(0.1), new Margins(0, 0));

    assertThat(result.second().loss()).isCloseTo(0.25 - 0.01, within(EXACT));
  }

  @Test
  void keepsTheHardQuadrupletsAndDropsTheEasyOnes() {
    QuadrupletLoss.Result result =
        TRIPLET.of(array(0.1, 0.8), array(0.9, 0.2), array(0, 0), new Margins(0.1, 0.1));

    assertThat(result.first().active()).isEqualTo(1);
    assertThat(result.anchorPositiveGradient()).containsExactly(0, 2 * 0.8);
    assertThat(result.anchorNegativeGradient()).containsExactly(0, -2 * 0.2);
  }

  @Test
  void gatesEachTermByItsOwnPairAndItsOwnMargin() {
    // Only the first term of the first quadruplet and the second of the second are active.
    QuadrupletLoss.Result result =
        QUADRUPLET.of(array(0.5, 0.5), array(0.5, 0.9), array(0.9, 0.5), new Margins(0.1, 0.2));

    assertThat(result.first().active()).isEqualTo(1);
    assertThat(result.second().active()).isEqualTo(1);
    assertThat(result.anchorNegativeGradient()).containsExactly(-1, 0);
    assertThat(result.secondNegativeGradient()).containsExactly(0, -1);
    assertThat(result.anchorPositiveGradient()).containsExactly(1, 1);
  }

  @Test
  void addsTheSecondTermToTheFirst() {
    Margins margins = new Margins(0.4, 0.3);
    QuadrupletLoss.Result both = QUADRUPLET.of(array(0.6), array(0.5), array(0.4), margins);
    QuadrupletLoss.Result firstAlone = TRIPLET.of(array(0.6), array(0.5), array(0.4), margins);

    assertThat(both.loss() - firstAlone.loss())
        .isCloseTo(0.36 - 0.16 + 0.3, within(EXACT))
        .isGreaterThan(0);
    assertThat(firstAlone.secondNegativeGradient()).containsExactly(0);
  }

  @Test
  void pullsPositivesTogetherAndPushesNegativesApart() {
    QuadrupletLoss.Result result =
        QUADRUPLET.of(array(0.6), array(0.5), array(0.4), new Margins(0.4, 0.3));

    assertThat(result.anchorPositiveGradient()[0]).isPositive();
    assertThat(result.anchorNegativeGradient()[0]).isNegative();
    assertThat(result.secondNegativeGradient()[0]).isNegative();
  }

  @Test
  void isZeroAndNotNanWhereNothingIsActive() {
    QuadrupletLoss.Result result =
        QUADRUPLET.of(array(0.1), array(0.9), array(0.9), new Margins(0.1, 0.1));

    assertThat(result.loss()).isZero();
    assertThat(result.anchorPositiveGradient()).containsExactly(0);
  }

  @Test
  void isZeroForNoQuadrupletsAtAll() {
    assertThat(QUADRUPLET.of(array(), array(), array(), new Margins(1, 0.5)).loss()).isZero();
  }

  @Test
  void showsANotANumberDistanceInsteadOfDroppingIt() {
    QuadrupletLoss.Result result =
        QUADRUPLET.of(array(Double.NaN), array(0.9), array(0.9), new Margins(0.1, 0.1));

    assertThat(result.loss()).isNaN();
  }

  @Test
  void neverSwitchesTheFirstTermOffUnderAFixedMarginOfOne() {
    SplittableRandom random = new SplittableRandom(7);
    double[] positive = random.doubles(1_000).toArray();
    double[] negative = random.doubles(1_000).toArray();

    assertThat(TRIPLET.of(positive, negative, negative, new Margins(1, 0.5)).first().active())
        .isEqualTo(1_000);
  }

  @Test
  void agreesWithFiniteDifferencesInEveryDistance() {
    SplittableRandom random = new SplittableRandom(11);
    double[][] distances = {
      random.doubles(20).toArray(), random.doubles(20).toArray(), random.doubles(20).toArray()
    };
    Margins margins = new Margins(0.3, 0.2);
    QuadrupletLoss.Result result = QUADRUPLET.of(distances[0], distances[1], distances[2], margins);
    double[][] gradients = {
      result.anchorPositiveGradient(),
      result.anchorNegativeGradient(),
      result.secondNegativeGradient()
    };

    double step = 1e-6;
    for (int role = 0; role < 3; role++) {
      for (int q = 0; q < 20; q++) {
        double original = distances[role][q];
        distances[role][q] = original + step;
        double above = QUADRUPLET.of(distances[0], distances[1], distances[2], margins).loss();
        distances[role][q] = original - step;
        double below = QUADRUPLET.of(distances[0], distances[1], distances[2], margins).loss();
        distances[role][q] = original;
        assertThat(gradients[role][q]).isCloseTo((above - below) / (2 * step), within(1e-7));
      }
    }
  }

  private static double[] array(double... values) {
    return values;
  }
}
