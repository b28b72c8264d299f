package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageShape;
import org.junit.jupiter.api.Test;

class EvaluationMemoryTest {

  private static final long GIB = 1L << 30;

  @Test
  void moreThanTheHeapHoldsIsRefusedWithWhatItTakes() {
    assertThatThrownBy(() -> EvaluationMemory.require(5_000, new ImageShape(3, 128, 128), GIB))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("5,000 images of 3x128x128")
        .hasMessageContaining("1.3 GiB")
        .hasMessageContaining("-Xmx2g");
    assertThatCode(() -> EvaluationMemory.require(5_000, new ImageShape(3, 128, 128), 2 * GIB))
        .doesNotThrowAnyException();
    assertThatCode(() -> EvaluationMemory.require(70_000, new ImageShape(1, 28, 28), GIB))
        .doesNotThrowAnyException();
  }
}
