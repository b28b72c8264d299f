package dev.quadstream.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Bytes as JSON has them where nobody chose base64: an array of numbers, 0 to 255 or signed, alone
 * or as {@code {"type": "Buffer", "data": […]}}, which Node.js makes of a Buffer.
 */
final class JsonBytes {

  private static final int MOST = 0xFF;

  private JsonBytes() {}

  /** The array of numbers in it, if there is one. */
  static Optional<JsonNode> find(JsonNode json) {
    JsonNode array = "Buffer".equals(json.path("type").asText()) ? json.path("data") : json;
    return array.isArray() && array.path(0).isNumber() ? Optional.of(array) : Optional.empty();
  }

  /**
   * The bytes that the numbers are.
   *
   * @throws IllegalArgumentException naming the first that is none
   */
  static byte[] read(JsonNode array) {
    byte[] bytes = new byte[array.size()];
    int least = 0;
    int most = 0;
    for (int i = 0; i < bytes.length; i++) {
      JsonNode number = array.get(i);
      int value = number.isIntegralNumber() && number.canConvertToInt() ? number.intValue() : -MOST;
      least = Math.min(least, value);
      most = Math.max(most, value);
      if (value > MOST || least < Byte.MIN_VALUE || least < 0 && most > Byte.MAX_VALUE) {
        throw new IllegalArgumentException(
            "is an array of bytes, of which number %d is %s. Expected are whole numbers, all from 0 to 255 or all from -128 to 127; base64 of the file takes a third of the room."
                .formatted(i + 1, Excerpt.start(number.toString())));
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }
}
