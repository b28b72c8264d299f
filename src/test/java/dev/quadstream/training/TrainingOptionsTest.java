package dev.quadstream.training;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.Orientation;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.MeanPairs;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.metric.QuadrupletLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingOptionsTest {

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void smoothingKeepsLessThanAllOfThePast(double smoothing) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(smoothing, 1, 1, 0, 1, 1))
        .withMessage("Smoothing is in [0, 1), not " + smoothing + ".");
  }

  @Test
  void aWarmUpBelowNoneIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(0, -1, 1, 0, 1, 1))
        .withMessageEndingWith("warmUpWindows = -1, rampUpdates = 0.");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 0"})
  void countsBelowTheirLeastAreRefusedByName(int refusedInARow, int fallbackEvery) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(0, 0, 1, 0, refusedInARow, fallbackEvery))
        .withMessageEndingWith(
            "refusedInARow = %d, fallbackEvery = %d.".formatted(refusedInARow, fallbackEvery));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "NaN, 0", "1, -0.1", "1, 1", "1, NaN"})
  void limitsThatWouldRefuseEverythingAreRefused(double gradientNorm, double collapse) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(0, 0, gradientNorm, collapse, 1, 1))
        .withMessageEndingWith("not " + gradientNorm + " and " + collapse + ".");
  }

  @Test
  void aMiningOptionBelowItsLeastIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new MiningOptions(MiningPolicy.MARGIN, LossForm.QUADRUPLET, 0, -1, 1, 1, 0))
        .withMessage("memoryImages is 0 or more, not -1.");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new MiningOptions(MiningPolicy.MARGIN, LossForm.QUADRUPLET, 0, 0, 0, 1, 0))
        .withMessage("memoryCapacity is 1 or more, not 0.");
  }

  @Test
  void anAverageOverNoWindowIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options(0, 0, 0, 1, 0, 1, 1))
        .withMessage("The average is over 1 window or more, not 0.");
  }

  private static TrainingOptions options(
      double smoothing,
      int warmUp,
      double gradientNorm,
      double collapse,
      int refusedInARow,
      int fallbackEvery) {
    return options(smoothing, warmUp, 1, gradientNorm, collapse, refusedInARow, fallbackEvery);
  }

  private static TrainingOptions options(
      double smoothing,
      int warmUp,
      int averageWindows,
      double gradientNorm,
      double collapse,
      int refusedInARow,
      int fallbackEvery) {
    return new TrainingOptions(
        new TrainingOptions.Objective(
            new QuadrupletLoss(LossForm.QUADRUPLET),
            TestingTraining.ADAPTIVE,
            MeanPairs.BATCH,
            smoothing,
            1),
        null,
        new TrainingOptions.Schedule(warmUp, 0, averageWindows),
        new TrainingOptions.Augmentation(
            new ImageAugmentation(0, 0, 0), Orientation.Choice.UPRIGHT),
        new TrainingOptions.Safeguards(gradientNorm, collapse, refusedInARow, fallbackEvery),
        1);
  }
}
