package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.learning.config.Nesterovs;

class UpdaterKindTest {

  @ParameterizedTest
  @EnumSource
  void theLearningRateIsTheOneAskedFor(UpdaterKind kind) {
    assertThat(kind.updater(0.0123).getLearningRate(0, 0)).isEqualTo(0.0123);
  }

  @Test
  void nesterovsMomentumIsAsDocumented() {
    assertThat(((Nesterovs) UpdaterKind.NESTEROVS.updater(0.0123)).currentMomentum(0, 0))
        .isEqualTo(0.9);
  }
}
