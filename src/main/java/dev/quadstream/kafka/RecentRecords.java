package dev.quadstream.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows several topics on its own, each from at most so many records before its end: what a
 * watcher needs that comes late and must not read years of history.
 *
 * <p>All partitions, those that are added later from their first record, in no group, committed
 * records only. A record that Kafka's client cannot hand out is logged and passed over: a watcher
 * that began anew would come to it again, for ever. Not thread-safe.
 */
public final class RecentRecords implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RecentRecords.class);
  private static final int RECORDS_A_POLL = 2_000;

  private final KafkaConnection kafka;
  private final Consumer<byte[], byte[]> consumer;
  private final PartitionsOfTopics partitions;
  private final Map<TopicPartition, Long> ends;

  /**
   * Connects and finds its places.
   *
   * @param topics how many records before its end each topic is read from, by its name; compaction
   *     and transaction markers count as records
   * @throws KafkaUnreachableException if no broker answers within 10 s
   * @throws MissingTopicException naming the topics that are not there
   */
  public RecentRecords(KafkaConnection kafka, Map<String, Long> topics) {
    this(kafka, topics, Map.of());
  }

  /**
   * The same, but for some partitions that are read from a given offset on.
   *
   * @param places offsets that are there, or the end
   */
  public RecentRecords(
      KafkaConnection kafka, Map<String, Long> topics, Map<TopicPartition, Long> places) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.describe(topics.keySet());
    }
    this.kafka = kafka;
    this.consumer = ByteConsumers.connect(kafka, RECORDS_A_POLL);
    this.partitions = new PartitionsOfTopics(consumer, topics.keySet());
    try {
      List<TopicPartition> all = partitions.all();
      consumer.assign(all);
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(all);
      this.ends = consumer.endOffsets(all);
      for (TopicPartition partition : all) {
        long recent = ends.get(partition) - topics.get(partition.topic());
        consumer.seek(
            partition, places.getOrDefault(partition, Math.max(begins.get(partition), recent)));
      }
    } catch (KafkaException e) {
      consumer.close();
      throw new KafkaUnreachableException(kafka.bootstrapServers(), e);
    }
  }

  /**
   * What has come, waiting up to {@code timeout} for the first record. Within a partition the
   * records are in order. A broker that goes away shows as silence: the client keeps trying.
   */
  public Iterable<ConsumerRecord<byte[], byte[]>> next(Duration timeout) {
    partitions.follow();
    try {
      return consumer.poll(timeout);
    } catch (KafkaException | OutOfMemoryError e) {
      Optional<UnreadableRecord> record = UnreadableRecord.find(e, kafka, positions());
      if (record.isEmpty()) {
        throw e;
      }
      passOver(record.get());
      return List.of();
    }
  }

  private Map<TopicPartition, Long> positions() {
    return consumer.assignment().stream()
        .collect(Collectors.toMap(partition -> partition, consumer::position));
  }

  private void passOver(UnreadableRecord record) {
    LOG.warn(
        "Record {}-{} cannot be read and is passed over: {}",
        record.partition(),
        record.offset(),
        record.failure().toString());
    consumer.seek(record.partition(), record.offset() + 1);
  }

  /**
   * Whether everything has been handed out that the topics held when this was opened, up to the
   * first record of a transaction that was open then.
   */
  public boolean hasCaughtUp() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
