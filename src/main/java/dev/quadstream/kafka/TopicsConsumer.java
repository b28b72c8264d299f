package dev.quadstream.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes topics on its own: all partitions, those that are added later from their first record,
 * in no group, committed records only. What Kafka's client cannot hand out is logged, counted and
 * passed over: who began anew would come to it again, for ever. Not thread-safe.
 */
public final class TopicsConsumer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicsConsumer.class);

  private static final int RECENT_A_POLL = 2_000;

  private final KafkaConnection kafka;
  private final Collection<String> topics;

  /** Of the partitions when this was made. */
  private final Map<TopicPartition, Long> ends;

  /** The next offset of each partition. */
  private final Map<TopicPartition, Long> positions;

  private Consumer<byte[], byte[]> consumer;
  private boolean oneByOne;
  private long passedOver;

  /** Where to begin. */
  @FunctionalInterface
  interface Start {

    /**
     * The first offset to read of each partition.
     *
     * @param begins of the partitions
     * @param ends of the partitions, up to a transaction that is open
     */
    Map<TopicPartition, Long> of(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends);
  }

  /**
   * Connects and finds its places.
   *
   * @param recordsAPoll at the most
   * @throws KafkaUnreachableException if no broker answers within 10 s
   * @throws MissingTopicException naming the topics that are not there
   */
  TopicsConsumer(KafkaConnection kafka, Collection<String> topics, int recordsAPoll, Start start) {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.describe(topics);
    }
    this.kafka = kafka;
    this.topics = List.copyOf(topics);
    this.consumer = ByteConsumers.connect(kafka, recordsAPoll);
    try {
      List<TopicPartition> all = partitions();
      // Of partitions that are not its own the client warns that it does not keep their ends.
      consumer.assign(all);
      this.ends = consumer.endOffsets(all);
      this.positions = new HashMap<>(start.of(consumer.beginningOffsets(all), ends));
      seekToPositions();
    } catch (KafkaException e) {
      consumer.close();
      throw new KafkaUnreachableException(kafka.bootstrapServers(), e);
    }
  }

  /**
   * Follows several topics, each from at most so many records before its end: what a watcher needs
   * that comes late and must not read years of history.
   *
   * @param topics how many records before its end each topic is read from, by its name; compaction
   *     and transaction markers count as records
   * @param places of partitions that are read from a given offset on, which is there, or the end
   * @throws KafkaUnreachableException if no broker answers within 10 s
   * @throws MissingTopicException naming the topics that are not there
   */
  public static TopicsConsumer recent(
      KafkaConnection kafka, Map<String, Long> topics, Map<TopicPartition, Long> places) {
    return new TopicsConsumer(
        kafka,
        topics.keySet(),
        RECENT_A_POLL,
        (begins, ends) -> {
          Map<TopicPartition, Long> start = new HashMap<>();
          for (TopicPartition partition : ends.keySet()) {
            long recent = ends.get(partition) - topics.get(partition.topic());
            start.put(partition, Math.max(begins.get(partition), recent));
          }
          start.putAll(places);
          start.keySet().retainAll(ends.keySet());
          return start;
        });
  }

  private List<TopicPartition> partitions() {
    List<TopicPartition> found = new ArrayList<>();
    for (String topic : topics) {
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        found.add(new TopicPartition(topic, partition.partition()));
      }
    }
    return found;
  }

  private void seekToPositions() {
    consumer.assign(positions.keySet());
    positions.forEach(consumer::seek);
  }

  /**
   * What has come, waiting up to {@code timeout} for the first record. Within a partition the
   * records are in order. A broker that goes away shows as silence: the client keeps trying.
   */
  public Iterable<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    followPartitions();
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
      records.nextOffsets().forEach((partition, next) -> positions.put(partition, next.offset()));
      return records;
    } catch (OutOfMemoryError e) {
      if (oneByOne) {
        passOver(e);
      } else {
        pollOneByOne();
      }
    } catch (KafkaException e) {
      passOver(e);
    }
    return List.of();
  }

  private void followPartitions() {
    List<TopicPartition> now;
    try {
      now = partitions();
    } catch (KafkaException e) {
      // A topic that goes away shows where it is read.
      return;
    }
    Set<TopicPartition> added = new HashSet<>(now);
    added.removeAll(positions.keySet());
    if (!added.isEmpty()) {
      added.forEach(partition -> positions.put(partition, 0L));
      seekToPositions();
    }
  }

  /** The error has lost what the poll had in hand already, and may come of that together. */
  private void pollOneByOne() {
    oneByOne = true;
    try {
      consumer.close();
    } catch (KafkaException e) {
      LOG.debug("What the error has left of a client could not be closed.", e);
    }
    consumer = ByteConsumers.connect(kafka, 1);
    seekToPositions();
  }

  private <E extends Throwable> void passOver(E failure) throws E {
    UnreadableRecords records =
        UnreadableRecords.find(failure, kafka, positions, 1).orElseThrow(() -> failure);
    LOG.warn(
        "What lies at {} of {} cannot be read and is passed over: {}",
        records.offsets(),
        records.partition(),
        records.failure().toString());
    passedOver += records.count();
    positions.put(records.partition(), records.last() + 1);
    seekToPositions();
  }

  /** How many records were passed over since they cannot be read. */
  long passedOver() {
    return passedOver;
  }

  /** Where the partitions end now: the first record of a transaction that is still open. */
  Map<TopicPartition, Long> ends() {
    try {
      return consumer.endOffsets(positions.keySet());
    } catch (TimeoutException e) {
      throw kafka.unreachable(e);
    }
  }

  /**
   * Whether everything has been handed out that the topics held when this was made, up to the first
   * record of a transaction that was open then.
   */
  public boolean hasCaughtUp() {
    return hasReached(ends);
  }

  /** Whether everything before those ends has been handed out. */
  boolean hasReached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** Closes also on a thread that was interrupted, as by Ctrl-C; it stays interrupted. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
