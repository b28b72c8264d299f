package dev.quadstream.image;

import java.util.Locale;
import java.util.Map;

/**
 * What is seen where a picture is transparent.
 *
 * @param rgb the colour, as 0xRRGGBB
 */
public record Ground(int rgb) {

  /** As paper is. */
  public static final Ground WHITE = new Ground(0xFFFFFF);

  private static final Map<String, Ground> NAMES =
      Map.of("white", WHITE, "black", new Ground(0), "grey", new Ground(0x808080));

  /**
   * Reads {@code white}, {@code black}, {@code grey} or {@code #rrggbb}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static Ground parse(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT);
    if (plain.matches("#[0-9a-f]{6}")) {
      return new Ground(Integer.parseInt(plain.substring(1), 16));
    }
    Ground named = NAMES.get(plain);
    if (named == null) {
      throw new IllegalArgumentException(
          "The ground is white, black, grey or a colour such as #c0ffee, not '%s'."
              .formatted(text));
    }
    return named;
  }
}
