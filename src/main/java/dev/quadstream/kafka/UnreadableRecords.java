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
 * What Kafka's client cannot hand out of a partition, however often: a record that expands to more
 * than the heap has or is damaged, with all that follows in its batch, which is unpacked or checked
 * as one. The client names neither partition nor, always, the offset, and never the batch's end.
 *
 * @param last offset; less than the batch's where that is long
 * @param failure what the client says of the first
 */
public record UnreadableRecords(
    TopicPartition partition, long first, long last, Throwable failure) {

  /** Flink's source is ahead of what it has handed out by a few polls. */
  public static final int MAX_AHEAD = 1_000;

  /** Each is tried, and each becomes a dead letter of its own where the job passes over it. */
  private static final int MAX_TOGETHER = 1_000;

  /** More than a record takes, as fetched and as handed out, that the topics would take. */
  private static final int ROOM = 4 * Topics.MAX_MESSAGE_BYTES;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PATIENCE_WITH_ALL = Duration.ofSeconds(10);

  /**
   * Reads once more, one by one, from where each partition is, and returns the records at which
   * that fails.
   *
   * @param failure of reading; where it is not such that a record may be the cause, none is looked
   *     for
   * @param positions the next offset of each partition
   * @param ahead how many records of a partition the reader had read beyond that, at most
   */
  public static Optional<UnreadableRecords> find(
      Throwable failure, KafkaConnection kafka, Map<TopicPartition, Long> positions, int ahead) {
    if (ExceptionUtils.getThrowableList(failure).stream()
        .noneMatch(UnreadableRecords::isOfARecord)) {
      return Optional.empty();
    }
    try (Consumer<byte[], byte[]> consumer = ByteConsumers.connect(kafka, 1)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(positions.keySet());
      return positions.entrySet().stream()
          .flatMap(
              entry ->
                  new Search(consumer, entry.getKey(), ends.get(entry.getKey()))
                      .from(entry.getValue(), ahead).stream())
          .findFirst();
    } catch (KafkaException | KafkaUnreachableException e) {
      return Optional.empty();
    }
  }

  /**
   * Kafka's other exceptions, those of subclasses, are of the connection and what it may do; and a
   * heap that others have filled says nothing of a record.
   */
  static boolean isOfARecord(Throwable failure) {
    return failure instanceof OutOfMemoryError
        ? hasRoom()
        : failure.getClass() == KafkaException.class;
  }

  private static boolean hasRoom() {
    try {
      return new byte[ROOM].length == ROOM;
    } catch (OutOfMemoryError full) {
      return false;
    }
  }

  public long count() {
    return last - first + 1;
  }

  /** In words. */
  public String offsets() {
    return first == last ? "offset " + first : "offsets %d to %d".formatted(first, last);
  }

  /** In one partition, up to the end that it has now. */
  private record Search(Consumer<byte[], byte[]> consumer, TopicPartition partition, long end) {

    private Optional<UnreadableRecords> from(long position, int ahead) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, Math.max(0, position));
      int read = 0;
      while (read < ahead && position() < end) {
        long before = position();
        try {
          read += consumer.poll(PATIENCE).count();
        } catch (KafkaException | OutOfMemoryError e) {
          return isOfARecord(e)
              ? Optional.of(new UnreadableRecords(partition, position(), lastFrom(position()), e))
              : Optional.empty();
        }
        if (position() == before) {
          // The broker does not answer.
          return Optional.empty();
        }
      }
      return Optional.empty();
    }

    private long lastFrom(long first) {
      long deadline = System.nanoTime() + PATIENCE_WITH_ALL.toNanos();
      long last = first;
      while (last + 1 < Math.min(end, first + MAX_TOGETHER) && System.nanoTime() < deadline) {
        consumer.seek(partition, last + 1);
        try {
          consumer.poll(PATIENCE);
          return last;
        } catch (KafkaException | OutOfMemoryError e) {
          if (!isOfARecord(e)) {
            return last;
          }
        }
        last++;
      }
      return last;
    }

    private long position() {
      return consumer.position(partition);
    }
  }
}
