package dev.quadstream.cli;

import dev.quadstream.kafka.SourceRecord;

/**
 * Where a record lies.
 *
 * @param timestamp the record's own, milliseconds since the epoch
 */
record TopicPlace(int partition, long offset, long timestamp) {

  static TopicPlace of(SourceRecord record) {
    return new TopicPlace(record.partition(), record.offset(), record.timestamp());
  }

  /** Whether another record of the same image came after it, as far as two partitions can tell. */
  boolean isBefore(TopicPlace other) {
    return partition == other.partition ? offset < other.offset : timestamp <= other.timestamp;
  }

  TopicPlace later(TopicPlace other) {
    return isBefore(other) ? other : this;
  }
}
