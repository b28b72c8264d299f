package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Short texts of records: ids and labels. */
final class FieldText {

  private FieldText() {}

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
