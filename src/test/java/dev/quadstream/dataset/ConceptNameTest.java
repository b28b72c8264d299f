package dev.quadstream.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConceptNameTest {

  @ParameterizedTest
  @CsvSource({
    "REMIX, remixal-delete-bin-2-line, delete-bin, 2",
    "FLUENT, fltral-calendar-add-24, calendar-add, 1",
    "OCTICONS, oct-key-16, key, 1",
    "MATERIAL, mdoal-error_outline, error, 1",
    "MATERIAL, mdi2k-key-variant, key, 1",
    "IONICONS, ion-ios-flag-outline, flag, 2",
    "IONICONS, ion4-md-home, home, 1",
    "FONT_AWESOME, fa-star-o, star, 1",
    "JAM, jam-heart-f, heart, 1",
    "FOUNDATION, fi-social-twitter, twitter, 1",
    "MAP_ICONS, map-icon-food, food, 1",
    "ZONDICONS, zondi-add-solid, add, 1",
    "FONT_AWESOME, fas-chart-line, chart-line, 0",
    "BOOTSTRAP, bi-dice-1, dice-1, 0",
    "TYPICONS, typ-social, social, 0",
    "BOXICONS, bx-outline, outline, 0",
  })
  void theConceptIsTheNameWithoutPrefixAndStyle(
      IconFamily family, String description, String concept, int styleWords) {
    assertThat(ConceptName.of(family, description)).isEqualTo(new ConceptName(concept, styleWords));
  }
}
