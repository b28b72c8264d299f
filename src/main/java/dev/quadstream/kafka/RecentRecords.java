package dev.quadstream.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Follows several topics on its own, each from at most so many records before its end: what a
 * watcher needs that comes late and must not read years of history.
 *
 * <p>All partitions, those that are added later from their first record, in no group, committed
 * records only. A record that Kafka's client cannot hand out is logged and passed over: a watcher
 * that began anew would come to it again, for ever. Not thread-safe.
 */
public final class RecentRecords implements AutoCloseable {

  private static final int RECORDS_A_POLL = 2_000;

  private final TopicsConsumer consumer;
  private final Map<TopicPartition, Long> ends = new HashMap<>();

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
    this.consumer =
        new TopicsConsumer(
            kafka,
            topics.keySet(),
            RECORDS_A_POLL,
            (begins, now) -> {
              ends.putAll(now);
              Map<TopicPartition, Long> start = new HashMap<>();
              for (TopicPartition partition : now.keySet()) {
                long recent = now.get(partition) - topics.get(partition.topic());
                start.put(partition, Math.max(begins.get(partition), recent));
              }
              start.putAll(places);
              start.keySet().retainAll(now.keySet());
              return start;
            });
  }

  /**
   * What has come, waiting up to {@code timeout} for the first record. Within a partition the
   * records are in order. A broker that goes away shows as silence: the client keeps trying.
   */
  public Iterable<ConsumerRecord<byte[], byte[]>> next(Duration timeout) {
    return consumer.poll(timeout);
  }

  /**
   * Whether everything has been handed out that the topics held when this was opened, up to the
   * first record of a transaction that was open then.
   */
  public boolean hasCaughtUp() {
    return consumer.hasReached(ends);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
