package dev.quadstream.evaluation;

import static dev.quadstream.evaluation.RetrievalTest.labels;
import static dev.quadstream.evaluation.RetrievalTest.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairCalibrationTest {

  private static final int PAIRS = 200_000;

  @Test
  void agreesWithValuesComputedByHand() {
    // Surely the same: one of two is. Said with 0.1: none is.
    assertThat(PairCalibration.of(new double[] {0}, new double[] {0, 0.9}))
        .isEqualTo(new PairCalibration((2 * 0.5 + 1 * 0.1) / 3, 3));
    assertThat(PairCalibration.of(new double[] {0, 0}, new double[] {1, 1}))
        .isEqualTo(new PairCalibration(0, 4));
    assertThat(PairCalibration.of(new double[] {1}, new double[] {0}))
        .isEqualTo(new PairCalibration(1, 2));
  }

  @Test
  void probabilitiesThatAreMetHaveNoErrorAndThoseThatAreTooSureHaveTheirs() {
    SplittableRandom random = new SplittableRandom(3);
    double[] same = new double[PAIRS];
    double[] different = new double[PAIRS];
    double[] sureSame = new double[PAIRS];
    double[] sureDifferent = new double[PAIRS];
    int sames = 0;
    int differents = 0;
    while (sames + differents < PAIRS) {
      double probability = random.nextDouble();
      // Twice as far from a half as it is.
      double sure = Math.min(1, Math.max(0, 0.5 + 2 * (probability - 0.5)));
      if (random.nextDouble() < probability) {
        sureSame[sames] = 1 - sure;
        same[sames++] = 1 - probability;
      } else {
        sureDifferent[differents] = 1 - sure;
        different[differents++] = 1 - probability;
      }
    }

    assertThat(errorOf(same, sames, different, differents)).isCloseTo(0, within(0.01));
    // |p − ½| below a quarter and ½ − |p − ½| beyond it: an eighth.
    assertThat(errorOf(sureSame, sames, sureDifferent, differents)).isCloseTo(0.125, within(0.01));
  }

  private static double errorOf(double[] same, int sames, double[] different, int differents) {
    return PairCalibration.of(Arrays.copyOf(same, sames), Arrays.copyOf(different, differents))
        .expectedCalibrationError();
  }

  @Test
  void pairsAreDrawnOfEitherKind() {
    // The a's are 1 apart (g = 1/2), the b's 0 (g = 0), each a and each b 0.5 (g = 1/3).
    LabeledVectors set = LabeledVectors.of(line(0, 1, 0.5f, 0.5f), labels("aabb"));

    PairCalibration calibration = PairCalibration.sample(set, new TestingPairMetric(), 4, 1);

    // Said 1/2 and is 1, twice; said 1 and is, twice; said 2/3 and is not, four times.
    assertThat(calibration.pairs()).isEqualTo(8);
    assertThat(calibration.expectedCalibrationError())
        .isEqualTo((2 * 0.5 + 4 * 2 / 3.0) / 8, within(1e-6));
  }
}
