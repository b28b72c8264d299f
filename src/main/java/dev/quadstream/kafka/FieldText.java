package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Short texts of records: ids and labels. */
final class FieldText {

  private static final int BYTE_ORDER_MARK = 0xFEFF;
  private static final int ZERO_WIDTH_SPACE = 0x200B;

  private FieldText() {}

  /** The text without what nobody sees at its ends: blanks of any script, a byte order mark. */
  static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isBlank(text.charAt(start))) {
      start++;
    }
    while (start < end && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isBlank(char character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || character == BYTE_ORDER_MARK
        || character == ZERO_WIDTH_SPACE;
  }

  /**
   * The bytes as text.
   *
   * @throws IllegalArgumentException saying what the bytes are if they are no UTF-8
   */
  static String decode(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "is not UTF-8 text but " + ForeignBytes.describe(bytes), e);
    }
  }

  /**
   * Returns the text's length in bytes of UTF-8.
   *
   * @throws IllegalArgumentException if it holds a control character, as numbers in binary do, or
   *     half of a surrogate pair
   */
  static int check(String text) {
    OptionalInt control =
        IntStream.range(0, text.length())
            .filter(index -> Character.isISOControl(text.charAt(index)))
            .findFirst();
    if (control.isPresent()) {
      throw new IllegalArgumentException(
          "has the control character U+%04X at position %d: %s"
              .formatted(
                  (int) text.charAt(control.getAsInt()),
                  control.getAsInt() + 1,
                  ForeignBytes.describe(text.getBytes(UTF_8))));
    }
    try {
      return UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "holds half a character (an unpaired surrogate): '%s'".formatted(Excerpt.start(text)), e);
    }
  }
}
