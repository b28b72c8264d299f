package dev.quadstream.kafka;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record as it came, with where it came from. The arrays are not copied.
 *
 * @param timestamp milliseconds since the epoch, or −1 if the record has none
 * @param key null if absent
 * @param value null for a tombstone
 * @param headers in the record's order, repeated names included
 */
@SuppressWarnings("ArrayRecordComponent") // Raw bytes, never compared.
public record SourceRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte[] key,
    byte[] value,
    List<Header> headers) {

  public SourceRecord {
    headers = List.copyOf(headers);
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
    return topic + "-" + partition + "-" + offset;
  }

  /** Key, value and headers together, in bytes. */
  public long size() {
    long size = lengthOf(key) + lengthOf(value);
    for (Header header : headers) {
      size += header.key().length() + lengthOf(header.value());
    }
    return size;
  }

  /** The value of the last header of that name, by Kafka's convention the valid one, or null. */
  public byte[] lastHeader(String name) {
    for (int index = headers.size() - 1; index >= 0; index--) {
      if (headers.get(index).key().equals(name)) {
        return headers.get(index).value();
      }
    }
    return null;
  }

  private static long lengthOf(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
