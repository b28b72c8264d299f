package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.apache.kafka.common.header.Header;

/**
 * The largest size of a record by itself in a batch, uncompressed: what {@code max.request.size}
 * and {@code max.message.bytes} are compared with. Source: Kafka's documentation, Message Format.
 */
final class RecordSize {

  private static final int BATCH_BYTES = 61;

  /** A variable-length integer; each key, value, header name and header value begins with one. */
  private static final int LENGTH_BYTES = 5;

  /** Length, attributes, differences of time and offset, number of headers. */
  private static final int RECORD_BYTES = 26;

  private RecordSize() {}

  static long of(byte[] key, byte[] value, List<Header> headers) {
    return BATCH_BYTES + RECORD_BYTES + field(key) + field(value) + of(headers);
  }

  static long of(List<Header> headers) {
    long size = 0;
    for (Header header : headers) {
      size += LENGTH_BYTES + header.key().getBytes(UTF_8).length + field(header.value());
    }
    return size;
  }

  private static long field(byte[] bytes) {
    return LENGTH_BYTES + (bytes == null ? 0 : bytes.length);
  }
}
