package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainingHistoryTest {

  @Test
  void whatIsNotKnownYetIsADash() {
    assertThat(new TrainingHistory().details()).isEqualTo("window 0  loss –  recall@1 –");
  }
}
