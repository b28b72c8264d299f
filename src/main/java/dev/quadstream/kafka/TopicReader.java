package dev.quadstream.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads a topic on its own: all partitions, those that are added meanwhile included, in no group,
 * committed records only, and without what Kafka's client cannot hand out. Not thread-safe.
 */
public final class TopicReader implements AutoCloseable {

  /** Where to begin. */
  public enum Start {
    /** At the oldest record that the topic still holds. */
    BEGINNING,
    /** With the next record that is written after the reader is made. */
    END
  }

  /** Few, since each may be as large as its topic takes, and packed into almost nothing. */
  private static final int RECORDS_A_POLL = 20;

  private static final Duration LONGEST_POLL = Duration.ofMillis(200);

  private final KafkaConnection kafka;
  private final TopicsConsumer consumer;
  private final String topic;
  private final Deque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();

  /**
   * Connects and finds its place in the topic.
   *
   * @throws KafkaUnreachableException if no broker answers within 10 s
   * @throws MissingTopicException if the topic is not there
   */
  public TopicReader(KafkaConnection kafka, String topic, Start start) {
    this.kafka = kafka;
    this.topic = topic;
    this.consumer =
        new TopicsConsumer(
            kafka,
            List.of(topic),
            RECORDS_A_POLL,
            (begins, ends) -> start == Start.BEGINNING ? begins : ends);
  }

  /** The next record, or nothing if none arrives within {@code timeout}. */
  public Optional<ConsumerRecord<byte[], byte[]>> next(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
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
   * Every record up to the end that the topic has now: the first record of a transaction that is
   * still open, as a commit is for a moment after it returned.
   *
   * @throws KafkaUnreachableException if none of them arrives within {@code timeout}
   */
  public List<ConsumerRecord<byte[], byte[]>> readToEnd(Duration timeout) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    forEachToEnd(timeout, records::add);
    return records;
  }

  /**
   * Hands out every record up to the end that the topic has now, as {@link #readToEnd} does, and
   * holds few of them at once.
   *
   * @param timeout how long nothing may come before the end
   * @param taker says whether it wants more
   * @throws KafkaUnreachableException if nothing came for so long
   */
  public void forEachToEnd(Duration timeout, Predicate<ConsumerRecord<byte[], byte[]>> taker) {
    Map<TopicPartition, Long> ends = consumer.ends();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      while (!fetched.isEmpty()) {
        if (!taker.test(fetched.poll())) {
          return;
        }
        deadline = System.nanoTime() + timeout.toNanos();
      }
      if (consumer.hasReached(ends)) {
        return;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new KafkaUnreachableException(
            kafka.bootstrapServers(),
            new TimeoutException(
                "nothing came of topic '%s' for %d ms, whose end was not reached"
                    .formatted(topic, timeout.toMillis())));
      }
      long passedOver = passedOver();
      poll(Duration.ofNanos(left));
      if (passedOver() > passedOver) {
        deadline = System.nanoTime() + timeout.toNanos();
      }
    }
  }

  // Short polls, since a poll that only moves past transaction markers may return nothing and wait.
  private void poll(Duration left) {
    consumer.poll(left.compareTo(LONGEST_POLL) < 0 ? left : LONGEST_POLL).forEach(fetched::add);
  }

  /** How many records were logged and passed over, since Kafka's client cannot hand them out. */
  public long passedOver() {
    return consumer.passedOver();
  }

  /** Closes also on a thread that was interrupted, as by Ctrl-C; it stays interrupted. */
  @Override
  public void close() {
    consumer.close();
  }
}
