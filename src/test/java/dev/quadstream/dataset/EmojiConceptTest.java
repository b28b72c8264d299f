package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmojiConceptTest {

  @ParameterizedTest
  @CsvSource({
    "1f980, 1f980",
    "2764-fe0f, 2764",
    "2764-fe0f-200d-1f525, 2764-1f525",
    "1f3f3-fe0f-200d-1f308, 1f3f3-1f308",
    "1f3f4-200d-2620-fe0f, 1f3f4-2620",
    "1f415-200d-1f9ba, 1f415-1f9ba"
  })
  void anEmojiIsKnownByItsCodePoints(String codePoints, String concept) {
    assertThat(EmojiConcept.of(codePoints)).contains(concept);
  }

  @ParameterizedTest
  @CsvSource({
    "1f468-200d-1f373, 1f469-200d-1f373, 1f9d1-200d-1f373",
    "1f3c3, 1f3c3-200d-2640-fe0f, 1f3c3-200d-2642-fe0f-200d-27a1-fe0f",
    "1f9d1-200d-1f9af, 1f468-200d-1f9af-200d-27a1-fe0f, 1f469-200d-1f9af",
    "1f550, 1f55b, 1f567",
    "23-fe0f-20e3, 39-20e3, 2a-fe0f-20e3",
    "1f46a, 1f468-200d-1f469-200d-1f466, 1f9d1-200d-1f9d2-200d-1f9d2",
    "1f46b, 1f46d, 1f9d1-200d-1f91d-200d-1f9d1",
    "1f48f, 1f468-200d-2764-fe0f-200d-1f48b-200d-1f468, 1f48f",
    "1f491, 1f469-200d-2764-fe0f-200d-1f469, 1f491"
  })
  void whatDiffersInATrifleIsOneConcept(String one, String other, String third) {
    assertThat(EmojiConcept.of(one))
        .isPresent()
        .isEqualTo(EmojiConcept.of(other))
        .isEqualTo(EmojiConcept.of(third));
  }

  @ParameterizedTest
  @CsvSource({
    "1f468, 1f469",
    "1f468, 1f9d1",
    "1f466, 1f467",
    "1f9d1-200d-1f373, 1f9d1-200d-1f3a8",
    "1f9d1-200d-1f9b0, 1f9d1-200d-1f9b1",
    "1f54f, 1f550",
    "1f567, 1f568"
  })
  void whatDiffersInMoreIsNot(String one, String other) {
    assertThat(EmojiConcept.of(one)).isPresent().isNotEqualTo(EmojiConcept.of(other));
  }

  @Test
  void skinTonesAndFlagsOfCountriesAndRegionsAreLeftOut() {
    assertThat(EmojiConcept.of("1f44b-1f3fd")).isEmpty();
    assertThat(EmojiConcept.of("1f3fb")).isEmpty();
    assertThat(EmojiConcept.of("1f468-1f3ff-200d-1f373")).isEmpty();
    assertThat(EmojiConcept.of("1f1ea-1f1ea")).isEmpty();
    assertThat(EmojiConcept.of("1f3f4-e0067-e0062-e0065-e006e-e0067-e007f")).isEmpty();
    assertThat(EmojiConcept.of("1f3f4")).isPresent();
  }
}
