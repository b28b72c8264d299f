package dev.quadstream.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A record as it came, with where it came from. The arrays are not copied.
 *
 * @param timestamp milliseconds since the epoch, or −1 if the record has none
 * @param key null if absent
 * @param value null for a tombstone
 * @param headers in the record's order, repeated names included
 * @param gap what is missing, where this stands for records that are gone and not for one; else
 *     null
 */
@SuppressWarnings("ArrayRecordComponent") // Raw bytes, never compared.
public record SourceRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte[] key,
    byte[] value,
    List<Header> headers,
    OffsetGap gap) {

  static final long NO_TIMESTAMP = -1;

  /** An object, its name and its value, with references to them. */
  private static final int HEADER_BYTES = 100;

  public SourceRecord {
    headers = List.copyOf(headers);
  }

  public SourceRecord(
      String topic,
      int partition,
      long offset,
      long timestamp,
      byte[] key,
      byte[] value,
      List<Header> headers) {
    this(topic, partition, offset, timestamp, key, value, headers, null);
  }

  /** What stands in a stream of records where some are gone, at the last of them. */
  public static SourceRecord of(OffsetGap gap) {
    return new SourceRecord(
        gap.topic(), gap.partition(), gap.last(), NO_TIMESTAMP, null, null, List.of(), gap);
  }

  /** One that is not fetched: an empty value, and where it lies. */
  public static SourceRecord unread(String topic, int partition, long offset) {
    String position = position(topic, partition, offset);
    return new SourceRecord(
        topic,
        partition,
        offset,
        NO_TIMESTAMP,
        null,
        new byte[0],
        List.of(
            new RecordHeader(HeaderNames.FULL_RECORD, position.getBytes(StandardCharsets.UTF_8))));
  }

  /** The same from a consumer's record. */
  public static SourceRecord of(ConsumerRecord<byte[], byte[]> record) {
    return new SourceRecord(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.key(),
        record.value(),
        Arrays.asList(record.headers().toArray()));
  }

  /** Where the record stands, as {@code topic-partition-offset}. */
  public String position() {
    return position(topic, partition, offset);
  }

  /** The same of any place. */
  public static String position(String topic, int partition, long offset) {
    return topic + "-" + partition + "-" + offset;
  }

  /**
   * What the record takes in memory, in bytes: key, value and headers, where each header counts 100
   * more than its name and value. Millions of empty ones fit into a small message.
   */
  public long size() {
    long size = lengthOf(key) + lengthOf(value);
    for (Header header : headers) {
      size += HEADER_BYTES + header.key().length() + lengthOf(header.value());
    }
    return size;
  }

  /**
   * The value of the last header of that name, by Kafka's convention the valid one, or null.
   *
   * <p>Names are compared as people write them: without regard to case, hyphens and underscores. A
   * header without a value says nothing and is passed over.
   */
  byte[] header(String name) {
    String wanted = folded(name);
    for (int index = headers.size() - 1; index >= 0; index--) {
      Header header = headers.get(index);
      if (header.value() != null && folded(header.key()).equals(wanted)) {
        return header.value();
      }
    }
    return null;
  }

  /** A name as it is compared. */
  static String folded(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static long lengthOf(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
