package dev.quadstream.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.dataset.IconOutlines.Glyph;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * An icon of the icon fonts and the character that draws it, from {@value #RESOURCE}: which icons
 * there are is a function of the packs, whose names, fonts and drawings all have to be looked at to
 * find it, so it is found when a pack changes and not at each start.
 *
 * @param icon its names
 * @param glyph what draws it
 */
record ListedIcon(Icon icon, Glyph glyph) {

  static final String RESOURCE = "icons.tsv";

  static final String FONTS = "META-INF/resources/";
  private static final int HEXADECIMAL = 16;

  /** All, by concept, then by family. */
  static List<ListedIcon> all() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(ListedIcon.class.getResourceAsStream(RESOURCE), UTF_8))) {
      return lines.lines().map(ListedIcon::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("The list of icons cannot be read: " + e.getMessage(), e);
    }
  }

  /** Of its line in the list: concept, family, font and code point, with tabs between. */
  private static ListedIcon of(String line) {
    String[] fields = line.split("\t");
    return new ListedIcon(
        Icon.of(fields[1], fields[0]),
        new Glyph(FONTS + fields[2], Integer.parseInt(fields[3], HEXADECIMAL)));
  }
}
