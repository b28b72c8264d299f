package dev.quadstream.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * A record that Kafka's client cannot hand out, however often: it expands to more than the heap
 * has, or is damaged. The client names neither the one nor, always, the other.
 *
 * @param failure what the client says of it
 */
public record UnreadableRecord(TopicPartition partition, long offset, Throwable failure) {

  /** A reader is ahead of what it has handed out by a few polls. */
  private static final int MOST_AHEAD = 1_000;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /**
   * Reads once more, one by one, from where each partition is, and returns the record at which that
   * fails.
   *
   * @param failure of reading; where it is not such that a record may be the cause, none is looked
   *     for
   * @param positions the next offset of each partition
   */
  public static Optional<UnreadableRecord> find(
      Throwable failure, KafkaConnection kafka, Map<TopicPartition, Long> positions) {
    if (ExceptionUtils.getThrowableList(failure).stream()
        .noneMatch(UnreadableRecord::isOfARecord)) {
      return Optional.empty();
    }
    try (Consumer<byte[], byte[]> consumer = ByteConsumers.connect(kafka, 1)) {
      return positions.entrySet().stream()
          .flatMap(entry -> read(consumer, entry.getKey(), entry.getValue()).stream())
          .findFirst();
    } catch (KafkaException | KafkaUnreachableException e) {
      return Optional.empty();
    }
  }

  private static Optional<UnreadableRecord> read(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long from) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, Math.max(0, from));
    for (int records = 0; records < MOST_AHEAD; records++) {
      try {
        if (consumer.poll(PATIENCE).isEmpty()) {
          return Optional.empty();
        }
      } catch (KafkaException | OutOfMemoryError e) {
        return isOfARecord(e)
            ? Optional.of(new UnreadableRecord(partition, consumer.position(partition), e))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Kafka's other exceptions, those of subclasses, are of the connection and what it may do. */
  private static boolean isOfARecord(Throwable failure) {
    return failure instanceof OutOfMemoryError || failure.getClass() == KafkaException.class;
  }
}
