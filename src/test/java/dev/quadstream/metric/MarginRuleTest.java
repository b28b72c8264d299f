package dev.quadstream.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MarginRuleTest {

  private static final Margins FIXED = new Margins(1, 0.5);
  private static final MarginRule ADAPTIVE = new MarginRule(true, FIXED, 1, 0.5, 0.02);

  @Test
  void followsTheGapBetweenTheMeansByEquationFour() {
    Margins margins = ADAPTIVE.marginsFor(false, new DistanceMeans(0.2, 0.7));

    assertThat(margins.first()).isCloseTo(0.5, within(1e-12));
    assertThat(margins.second()).isCloseTo(0.25, within(1e-12));
  }

  @Test
  void neverVanishesWhereTheMeansMeet() {
    Margins margins = ADAPTIVE.marginsFor(false, new DistanceMeans(0.7, 0.2));

    assertThat(margins).isEqualTo(new Margins(0.02, 0.01));
  }

  @Test
  void isFixedDuringTheWarmUpAndWhileTheMeansAreUndefined() {
    assertThat(ADAPTIVE.marginsFor(true, new DistanceMeans(0.2, 0.7))).isEqualTo(FIXED);
    assertThat(ADAPTIVE.marginsFor(false, DistanceMeans.UNDEFINED)).isEqualTo(FIXED);
    assertThat(ADAPTIVE.marginsFor(false, new DistanceMeans(0.2, Double.NaN))).isEqualTo(FIXED);
  }

  @Test
  void isAlwaysFixedWhereItIsNotAdaptive() {
    MarginRule rule = new MarginRule(false, FIXED, 1, 0.5, 0);

    assertThat(rule.marginsFor(false, new DistanceMeans(0.2, 0.7))).isEqualTo(FIXED);
  }

  @Test
  void refusesNegativeMarginsAndNotANumber() {
    assertThatThrownBy(() -> new Margins(-0.1, 0.5)).hasMessageContaining("-0.1");
    assertThatThrownBy(() -> new Margins(Double.NaN, 0.5)).hasMessageContaining("NaN");
  }
}
