package dev.quadstream.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic on its own: all partitions, in no group, committed records only.
 *
 * <p>Partitions that are added later are not read. Not thread-safe.
 */
public final class TopicReader implements AutoCloseable {

  /** Where to begin. */
  public enum Start {
    /** At the oldest record that the topic still holds. */
    BEGINNING,
    /** With the next record that is written after the reader is made. */
    END
  }

  private static final Duration LONGEST_POLL = Duration.ofMillis(200);

  private final Consumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

  /** Connects without further client settings. */
  public TopicReader(String bootstrapServers, String topic, Start start) {
    this(bootstrapServers, new Properties(), topic, start);
  }

  /**
   * Connects and finds its place in the topic.
   *
   * @param overrides consumer settings such as security; they win
   * @throws KafkaUnreachableException if no broker answers within 10 s
   * @throws MissingTopicException if the topic is not there
   */
  public TopicReader(String bootstrapServers, Properties overrides, String topic, Start start) {
    try (TopicAdmin admin =
        new TopicAdmin(bootstrapServers, overrides, TopicAdmin.DEFAULT_TIMEOUT)) {
      admin.describe(List.of(topic));
    }
    this.consumer = connect(bootstrapServers, overrides);
    try {
      this.partitions = partitions(topic);
      consumer.assign(partitions);
      if (start == Start.BEGINNING) {
        consumer.seekToBeginning(partitions);
      } else {
        consumer.seekToEnd(partitions);
      }
      // Seeking is lazy: without asking, the end would be that of the first poll.
      partitions.forEach(consumer::position);
    } catch (KafkaException e) {
      consumer.close();
      throw new KafkaUnreachableException(bootstrapServers, e);
    }
  }

  private static Consumer<byte[], byte[]> connect(String bootstrapServers, Properties overrides) {
    Properties settings =
        ClientSettings.merge(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    Long.toString(TopicAdmin.DEFAULT_TIMEOUT.toMillis())),
            overrides);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private List<TopicPartition> partitions(String topic) {
    List<TopicPartition> found = new ArrayList<>();
    for (PartitionInfo partition : consumer.partitionsFor(topic)) {
      found.add(new TopicPartition(topic, partition.partition()));
    }
    return found;
  }

  /** The next record, or nothing if none arrives within {@code patience}. */
  public Optional<ConsumerRecord<byte[], byte[]>> next(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (fetched.isEmpty()) {
      long left = deadline - System.nanoTime();
      poll(Duration.ofNanos(Math.max(0, left)));
      if (left <= 0) {
        break;
      }
    }
    return Optional.ofNullable(fetched.poll());
  }

  /**
   * The next {@code count} records.
   *
   * @throws IllegalStateException if they do not arrive within {@code patience}
   */
  public List<ConsumerRecord<byte[], byte[]>> take(int count, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    while (records.size() < count) {
      Optional<ConsumerRecord<byte[], byte[]>> next =
          next(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      if (next.isEmpty()) {
        throw new IllegalStateException(
            "Only %d of %d records of topic '%s' came within %d ms."
                .formatted(records.size(), count, partitions.get(0).topic(), patience.toMillis()));
      }
      records.add(next.get());
    }
    return records;
  }

  /**
   * Every record up to the end that the topic has now: the first record of a transaction that is
   * still open. A commit is such for a moment after it returned, so who knows how many records to
   * expect calls {@link #take}.
   *
   * @throws IllegalStateException if they do not arrive within {@code patience}
   */
  public List<ConsumerRecord<byte[], byte[]>> readToEnd(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(part -> consumer.position(part) < ends.get(part))) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new IllegalStateException(
            "The end of topic '%s' was not reached within %d ms; %d records came."
                .formatted(partitions.get(0).topic(), patience.toMillis(), fetched.size()));
      }
      poll(Duration.ofNanos(left));
    }
    List<ConsumerRecord<byte[], byte[]>> records = List.copyOf(fetched);
    fetched.clear();
    return records;
  }

  // Short polls, since a poll that only moves past transaction markers may return nothing and wait.
  private void poll(Duration left) {
    consumer.poll(left.compareTo(LONGEST_POLL) < 0 ? left : LONGEST_POLL).forEach(fetched::add);
  }

  /** Closes also on a thread that was interrupted, as by Ctrl-C; it stays interrupted. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      consumer.close();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
