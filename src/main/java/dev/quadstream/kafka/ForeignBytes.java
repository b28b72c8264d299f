package dev.quadstream.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** Names bytes that are no text, so that who sent them finds the serializer that wrote them. */
final class ForeignBytes {

  /** A zero byte and the schema's id. */
  static final int REGISTRY_HEADER_BYTES = 5;

  private static final int SHOWN_BYTES = 16;
  private static final int UUID_BYTES = 16;

  private ForeignBytes() {}

  /** Such as {@code 8 bytes 00 00 00 00 00 00 00 2a, as LongSerializer writes 42}. */
  static String describe(byte[] bytes) {
    int shown = Math.min(SHOWN_BYTES, bytes.length);
    String head =
        bytes.length
            + " bytes "
            + HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown)
            + (shown < bytes.length ? " …" : "");
    List<String> guesses = guesses(bytes);
    return guesses.isEmpty() ? head : head + ", as " + String.join(" or ", guesses);
  }

  private static List<String> guesses(byte[] bytes) {
    List<String> guesses = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (isUtf16(bytes)) {
      return List.of("UTF-16 writes text");
    }
    if (bytes.length == Integer.BYTES) {
      guesses.add("IntegerSerializer writes " + buffer.getInt(0));
    } else if (bytes.length == Long.BYTES) {
      guesses.add("LongSerializer writes " + buffer.getLong(0));
    } else if (bytes.length == UUID_BYTES) {
      guesses.add("the bytes of UUID " + new UUID(buffer.getLong(0), buffer.getLong(Long.BYTES)));
    }
    if (hasRegistryHeader(bytes)) {
      guesses.add(
          "a schema registry's serializer (Avro, Protobuf, JSON Schema) writes a record of schema "
              + buffer.getInt(1));
    }
    return guesses;
  }

  private static boolean isUtf16(byte[] bytes) {
    int mark = bytes.length >= 2 ? (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF : 0;
    return bytes.length % 2 == 0 && (mark == 0xFFFE || mark == 0xFEFF);
  }

  /** Whether the bytes may be a schema registry's: a zero byte and the positive id of a schema. */
  static boolean hasRegistryHeader(byte[] bytes) {
    return bytes.length > REGISTRY_HEADER_BYTES
        && bytes[0] == 0
        && ByteBuffer.wrap(bytes).getInt(1) > 0;
  }
}
