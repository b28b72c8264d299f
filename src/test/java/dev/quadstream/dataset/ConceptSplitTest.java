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
      IntStream.range(0, 103).mapToObj(i -> "concept" + i).toList();

  @Test
  void theHalfAndTheQuartersAreDisjointAndTogetherEverything() {
    ConceptSplit split = ConceptSplit.of(CONCEPTS, 1);

    List<String> together = new ArrayList<>(split.streamed());
    together.addAll(split.validation());
    together.addAll(split.test());
    assertThat(together).containsExactlyInAnyOrderElementsOf(CONCEPTS);
    assertThat(split.streamed()).hasSize(52);
    assertThat(split.validation()).hasSize(26).isSorted();
    assertThat(split.test()).hasSize(25).isSorted();
  }

  @Test
  void bothPartsTogetherAreAllThatIsHeldOut() {
    ConceptSplit split = ConceptSplit.of(CONCEPTS, 1);

    assertThat(split.heldOut(HeldOutPart.VALIDATION)).isEqualTo(split.validation());
    assertThat(split.heldOut(HeldOutPart.TEST)).isEqualTo(split.test());
    assertThat(split.heldOut(HeldOutPart.BOTH))
        .hasSize(51)
        .isSorted()
        .containsAll(split.validation())
        .containsAll(split.test());
  }

  @Test
  void theSeedDecidesAndTheOrderGivenDoesNot() {
    List<String> reversed = new ArrayList<>(CONCEPTS);
    Collections.reverse(reversed);

    assertThat(ConceptSplit.of(reversed, 1)).isEqualTo(ConceptSplit.of(CONCEPTS, 1));
    assertThat(ConceptSplit.of(CONCEPTS, 2)).isNotEqualTo(ConceptSplit.of(CONCEPTS, 1));
  }

  // A class has to be a test class for some seeds, or it would never be measured.
  @Test
  void everyClassComesIntoEveryPartBySomeSeed() {
    List<ConceptSplit> splits =
        IntStream.range(0, 60).mapToObj(seed -> ConceptSplit.of(CONCEPTS, seed)).toList();

    assertThat(CONCEPTS)
        .allSatisfy(
            concept -> {
              assertThat(splits).anyMatch(split -> split.streamed().contains(concept));
              assertThat(splits).anyMatch(split -> split.validation().contains(concept));
              assertThat(splits).anyMatch(split -> split.test().contains(concept));
            });
  }

  @Test
  void aConceptCannotBeInTwoParts() {
    assertThatThrownBy(() -> new ConceptSplit(List.of("a", "b"), List.of("b"), List.of("c")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ConceptSplit(List.of("a", "b"), List.of("c"), List.of("c")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
