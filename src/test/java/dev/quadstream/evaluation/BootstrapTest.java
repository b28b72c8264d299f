package dev.quadstream.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  @Test
  void theIntervalHoldsTheTruthAboutNinetyFiveTimesInAHundred() {
    Random random = new Random(3);
    double truth = 0.7;
    int experiments = 400;
    int held = 0;
    for (int experiment = 0; experiment < experiments; experiment++) {
      double[] probes = random.doubles(200).map(value -> value < truth ? 1 : 0).toArray();
      Interval interval = Bootstrap.seeded(experiment).mean(probes);
      if (interval.low() <= truth && truth <= interval.high()) {
        held++;
      }
    }
    // 0.95 with a standard error of 0.011 for 400 experiments.
    assertThat((double) held / experiments).isBetween(0.915, 0.98);
  }

  @Test
  void theWidthIsThatOfTheNormalApproximationForManyProbes() {
    double[] probes = new Random(4).doubles(5000).map(value -> value < 0.5 ? 1 : 0).toArray();

    Interval interval = Bootstrap.seeded(1).mean(probes);

    double standardError = 0.5 / Math.sqrt(5000);
    assertThat(interval.high() - interval.low())
        .isEqualTo(2 * 1.96 * standardError, within(0.15 * standardError * 4));
  }

  @Test
  void equalValuesGiveAPoint() {
    assertThat(Bootstrap.seeded(1).mean(new double[] {0.5, 0.5, 0.5}))
        .isEqualTo(new Interval(0.5, 0.5, 0.5));
  }

  @Test
  void theIntervalIsAFunctionOfTheSeed() {
    double[] probes = new Random(5).doubles(50).toArray();

    assertThat(Bootstrap.seeded(1).mean(probes)).isEqualTo(Bootstrap.seeded(1).mean(probes));
    assertThat(Bootstrap.seeded(1).mean(probes)).isNotEqualTo(Bootstrap.seeded(2).mean(probes));
  }

  @Test
  void noValuesAreRefused() {
    assertThatThrownBy(() -> Bootstrap.seeded(1).mean(new double[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no probe could be measured");
  }

  @Test
  void tooFewResamplesForATailAreRefused() {
    assertThatThrownBy(() -> new Bootstrap(39, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 40 resamples, not 39");
  }

  @Test
  void anIntervalTheWrongWayRoundIsRefused() {
    assertThatThrownBy(() -> new Interval(0.5, 0.6, 0.4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[0.6, 0.4]");
  }
}
