package dev.quadstream.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads single records by their place. Not thread-safe. */
public final class RecordLookup implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConnection kafka;
  private final Consumer<byte[], byte[]> consumer;

  /**
   * Connects.
   *
   * @throws KafkaUnreachableException if the settings let no client be made
   */
  public RecordLookup(KafkaConnection kafka) {
    this.kafka = kafka;
    this.consumer = ByteConsumers.connect(kafka, 1);
  }

  /**
   * The record of that place; nothing if it is not there, or no longer, or cannot be read.
   *
   * @throws KafkaUnreachableException if no broker answers within 10 s
   */
  public Optional<ConsumerRecord<byte[], byte[]>> find(
      String topic, int partition, long offset, Duration timeout) {
    try {
      return read(topic, partition, offset, timeout);
    } catch (TimeoutException e) {
      throw kafka.unreachable(e);
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> read(
      String topic, int partition, long offset, Duration timeout) {
    TopicPartition place = new TopicPartition(topic, partition);
    if (consumer.partitionsFor(topic).stream().noneMatch(info -> info.partition() == partition)) {
      return Optional.empty();
    }
    consumer.assign(List.of(place));
    if (consumer.beginningOffsets(List.of(place)).get(place) > offset
        || consumer.endOffsets(List.of(place)).get(place) <= offset) {
      return Optional.empty();
    }
    consumer.seek(place, offset);
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (consumer.position(place) <= offset && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return Optional.of(record).filter(found -> found.offset() == offset);
        }
      }
    } catch (KafkaException | OutOfMemoryError e) {
      if (!UnreadableRecords.isOfARecord(e)) {
        throw e;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
