package dev.quadstream.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What an icon shows, read from its name: {@code remixal-delete-bin-2-line} shows {@code
 * delete-bin}.
 *
 * @param concept the name without its pack's prefix and without words of style
 * @param styleWords how many words of style it had; the plainest drawing has the fewest
 */
record ConceptName(String concept, int styleWords) {

  private static final Set<String> STYLES =
      Set.of(
          "outline",
          "outlined",
          "filled",
          "fill",
          "sharp",
          "round",
          "rounded",
          "twotone",
          "alt",
          "thin",
          "solid",
          "regular");

  /**
   * Reads a name.
   *
   * @param description the pack's own name of the icon: prefix, then words
   */
  static ConceptName of(IconFamily family, String description) {
    List<String> words = new ArrayList<>(Arrays.asList(description.split("[-_]")));
    words.remove(0);
    int all = words.size();
    while (words.size() > 1 && family.leadsWithStyle(words.get(0))) {
      words.remove(0);
    }
    while (words.size() > 1 && isStyle(family, words.get(words.size() - 1))) {
      words.remove(words.size() - 1);
    }
    return new ConceptName(String.join("-", words), all - words.size());
  }

  private static boolean isStyle(IconFamily family, String word) {
    return STYLES.contains(word)
        || family.endsWithStyle(word)
        || (family.numbersItsIcons() && word.chars().allMatch(Character::isDigit));
  }
}
