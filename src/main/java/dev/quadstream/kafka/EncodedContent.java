package dev.quadstream.kafka;

/** An image in a record: its bytes, or where they are. */
sealed interface EncodedContent {

  /** The encoded image. */
  @SuppressWarnings("ArrayRecordComponent") // Raw bytes, never compared.
  record Bytes(byte[] bytes) implements EncodedContent {}

  /** A file that holds it. */
  record Address(String address) implements EncodedContent {}
}
