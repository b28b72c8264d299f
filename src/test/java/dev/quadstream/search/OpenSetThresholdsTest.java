package dev.quadstream.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenSetThresholdsTest {

  private static final double[] NONE = {};

  private static OpenSetThresholds of(double[] impostors, double[] genuine, double rate) {
    return new OpenSetScores(impostors.length, impostors.length, impostors, genuine)
        .thresholds(rate);
  }

  /** Of uniform scores the true error rate at a threshold is known: 1 − threshold. */
  @ParameterizedTest
  @CsvSource({"0.01, 299", "0.01, 1000", "0.05, 500", "0.001, 4000"})
  void theTrueErrorRateIsWithinTheToleratedOneIn95OfAHundredCalibrations(double rate, int trials) {
    SplittableRandom random = new SplittableRandom(trials);
    int calibrations = 1_000;
    int exceeded = 0;
    int fresh = 0;
    double sum = 0;
    for (int i = 0; i < calibrations; i++) {
      double[] impostors = random.doubles(trials).toArray();
      double[] genuine = random.doubles(trials).toArray();
      OpenSetThresholds thresholds = of(impostors, genuine, rate);
      exceeded += 1 - thresholds.known() > rate ? 1 : 0;
      fresh += thresholds.fresh() > rate ? 1 : 0;
      sum += 1 - thresholds.known();
    }

    // 5 % of 1,000, and three standard deviations of that count.
    assertThat(exceeded).isLessThanOrEqualTo(50 + 21);
    assertThat(fresh).isLessThanOrEqualTo(50 + 21);
    assertThat(sum / calibrations).as("not for want of accepting anything").isGreaterThan(rate / 5);
  }

  @ParameterizedTest
  @CsvSource({"0.01, 299", "0.001, 2995", "0.5, 5"})
  void tooFewTrialsGiveNoThreshold(double rate, int enough) {
    double[] trials = DoubleStream.iterate(0, value -> value + 1).limit(enough).toArray();
    double[] tooFew = DoubleStream.of(trials).limit(enough - 1).toArray();

    assertThat(of(trials, NONE, rate).known()).isEqualTo(enough - 1.0);
    assertThat(of(trials, NONE, rate).needed()).isEqualTo(enough);
    assertThat(new OpenSetScores(enough, enough, trials, NONE).amongMore(1.01).thresholds(rate))
        .as("among more images than it was calibrated with")
        .extracting(OpenSetThresholds::calibrated)
        .isEqualTo(false);
    assertThat(of(tooFew, NONE, rate).calibrated()).isFalse();
    assertThat(of(NONE, trials, rate).fresh()).isEqualTo(0.0);
    assertThat(of(NONE, tooFew, rate).fresh()).isNull();
  }

  @Test
  void withMoreTrialsSomeMayLieBeyondTheThreshold() {
    double[] trials = DoubleStream.iterate(1, value -> value + 1).limit(1_000).toArray();

    // 4 of 1,000: Clopper and Pearson's one-sided bound is 0.91 %, of 5 it is 1.05 %.
    assertThat(of(trials, NONE, 0.01).known()).isEqualTo(996, within(0.0));
  }

  @Test
  void aSimilarityIsKnownAboveTheOneThresholdAndNewBelowTheOther() {
    OpenSetThresholds thresholds = new OpenSetThresholds(0.01, 300, 300, 300, 299, 0.8, 0.3);

    assertThat(thresholds.verdict(0.81)).isEqualTo(Verdict.KNOWN);
    assertThat(thresholds.verdict(0.8)).isEqualTo(Verdict.UNSURE);
    assertThat(thresholds.verdict(0.3)).isEqualTo(Verdict.UNSURE);
    assertThat(thresholds.verdict(0.29)).isEqualTo(Verdict.NEW);
    assertThat(thresholds.verdict(Double.NEGATIVE_INFINITY)).isEqualTo(Verdict.NEW);
  }

  @Test
  void whatIsNotCalibratedIsUnsure() {
    OpenSetThresholds thresholds = of(new double[] {0.5}, new double[500], 0.01);

    assertThat(thresholds.verdict(1)).isEqualTo(Verdict.UNSURE);
    assertThat(thresholds.verdict(-1)).isEqualTo(Verdict.UNSURE);
  }

  @Test
  void aRateIsAboveZeroAndBelowOne() {
    assertThatThrownBy(() -> of(NONE, NONE, 0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> of(NONE, NONE, Double.NaN)).hasMessageContaining("NaN");
  }
}
