package dev.quadstream.json;

/**
 * Foreign text for terminals and logs: what could move the cursor, change the colour, reverse the
 * reading order or begin a line is written as its {@code \}{@code uXXXX} escape, which JSON strings
 * know, too.
 */
public final class PrintableText {

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private PrintableText() {}

  /** The text with every character that is not {@linkplain #isPrintable printable} escaped. */
  public static String of(String text) {
    if (text.codePoints().allMatch(PrintableText::isPrintable)) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            character -> {
              if (isPrintable(character)) {
                printable.appendCodePoint(character);
              } else {
                for (char unit : Character.toChars(character)) {
                  printable.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return printable.toString();
  }

  /**
   * Whether a character only draws itself. Controls (C0 and C1), direction marks and other format
   * characters, line separators and half surrogates do not; the joiners of emoji and of scripts
   * such as Persian's do.
   */
  public static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE ->
          false;
      case Character.FORMAT -> character == ZERO_WIDTH_JOINER || character == ZERO_WIDTH_NON_JOINER;
      default -> true;
    };
  }
}
