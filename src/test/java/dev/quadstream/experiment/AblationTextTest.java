package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AblationTextTest {

  @Test
  void anIntervalAboveZeroIsAYes() {
    assertThat(AblationText.verdict(answer(0.02, 0.01, 0.03)))
        .isEqualTo("Yes: a is above b by +0.020 [+0.010, +0.030].");
  }

  @Test
  void anIntervalBelowZeroIsANo() {
    assertThat(AblationText.verdict(answer(-0.02, -0.03, -0.01)))
        .isEqualTo("No: a is below b by -0.020 [-0.030, -0.010].");
  }

  @Test
  void anIntervalThatHoldsZeroShowsNothing() {
    assertThat(AblationText.verdict(answer(0.01, -0.01, 0.03)))
        .startsWith("Not shown: a against b");
    assertThat(AblationText.verdict(answer(0, 0, 0))).startsWith("Not shown");
  }

  private static AblationReport.Difference answer(double difference, double low, double high) {
    return new AblationReport.Difference("Is it?", "a", "b", difference, low, high);
  }
}
