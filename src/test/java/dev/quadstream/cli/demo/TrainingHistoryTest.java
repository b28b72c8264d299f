package dev.quadstream.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainingHistoryTest {

  @Test
  void whatIsNotKnownYetIsNoNumber() {
    assertThat(new TrainingHistory().loss()).isNaN();
    assertThat(new TrainingHistory().recallAt1()).isNaN();
  }
}
