package dev.quadstream.evaluation;

import static dev.quadstream.evaluation.RetrievalTest.labels;
import static dev.quadstream.evaluation.RetrievalTest.line;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabeledVectorsTest {

  @Test
  void aMissingLabelIsRefused() {
    assertThatThrownBy(() -> LabeledVectors.of(line(0, 1), labels("a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 vectors but 1 labels");
  }

  @Test
  void aMissingGroupIsRefused() {
    assertThatThrownBy(() -> LabeledVectors.grouped(line(0, 1), labels("ab"), new int[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 vectors but 1 groups");
  }

  @Test
  void vectorsOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> LabeledVectors.of(new float[][] {{0}, {0, 1}}, labels("ab")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Vector 1 has 2 values but vector 0 has 1");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void valuesOfADivergedModelAreRefused(float value) {
    assertThatThrownBy(() -> LabeledVectors.of(line(0, value), labels("ab")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Vector 1 (label \"b\") holds " + value);
  }
}
