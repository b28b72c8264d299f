package dev.quadstream.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads so many records that are to come. */
public final class TestingReads {

  private TestingReads() {}

  /** The next {@code count} records; fails if they do not come within {@code timeout}. */
  public static List<ConsumerRecord<byte[], byte[]>> take(
      TopicReader reader, int count, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    while (records.size() < count) {
      Optional<ConsumerRecord<byte[], byte[]>> next =
          reader.next(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      if (next.isEmpty()) {
        throw new AssertionError(
            "Only %d of %d records came within %d ms."
                .formatted(records.size(), count, timeout.toMillis()));
      }
      records.add(next.get());
    }
    return records;
  }
}
