package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConceptSplitTest {

  private static final List<String> CONCEPTS =
      IntStream.range(0, 101).mapToObj(i -> "concept" + i).toList();

  @Test
  void theHalvesAreDisjointAndTogetherEverything() {
    ConceptSplit split = ConceptSplit.halves(CONCEPTS, 1);

    List<String> together = new ArrayList<>(split.streamed());
    together.addAll(split.heldOut());
    assertThat(together).containsExactlyInAnyOrderElementsOf(CONCEPTS);
    assertThat(split.streamed()).hasSize(51);
    assertThat(split.heldOut()).hasSize(50).isSorted();
  }

  @Test
  void theSeedDecidesAndTheOrderGivenDoesNot() {
    List<String> reversed = new ArrayList<>(CONCEPTS);
    Collections.reverse(reversed);

    assertThat(ConceptSplit.halves(reversed, 1)).isEqualTo(ConceptSplit.halves(CONCEPTS, 1));
    assertThat(ConceptSplit.halves(CONCEPTS, 2)).isNotEqualTo(ConceptSplit.halves(CONCEPTS, 1));
  }

  @Test
  void aConceptCannotBeOnBothSides() {
    assertThatThrownBy(() -> new ConceptSplit(List.of("a", "b"), List.of("b")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
