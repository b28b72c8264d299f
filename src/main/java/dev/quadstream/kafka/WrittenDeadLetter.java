package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A dead letter as it lies on its topic.
 *
 * @param letter the record as it came, or what is left of it, and the reason
 * @param shortened whether something is missing from the record
 */
public record WrittenDeadLetter(DeadLetter letter, boolean shortened) {

  /** Reads what {@link DeadLetter#toProducerRecord} wrote; nothing if someone else wrote it. */
  public static Optional<WrittenDeadLetter> read(ConsumerRecord<byte[], byte[]> message) {
    List<Header> headers = Arrays.asList(message.headers().toArray());
    int own = lastIndexOf(HeaderNames.SOURCE_TOPIC, headers);
    if (own < 0) {
      return Optional.empty();
    }
    try {
      List<Header> added = headers.subList(own, headers.size());
      SourceRecord source =
          new SourceRecord(
              text(HeaderNames.SOURCE_TOPIC, added),
              Integer.parseInt(text(HeaderNames.SOURCE_PARTITION, added)),
              Long.parseLong(text(HeaderNames.SOURCE_OFFSET, added)),
              Long.parseLong(text(HeaderNames.SOURCE_TIMESTAMP, added)),
              message.key(),
              message.value(),
              headers.subList(0, own));
      return Optional.of(
          new WrittenDeadLetter(
              new DeadLetter(
                  source,
                  text(HeaderNames.ERROR_CLASS, added),
                  text(HeaderNames.ERROR_MESSAGE, added)),
              lastIndexOf(HeaderNames.FULL_HEADERS, added) >= 0
                  || lastIndexOf(HeaderNames.FULL_RECORD, headers) >= 0));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(String name, List<Header> headers) {
    int index = lastIndexOf(name, headers);
    if (index < 0 || headers.get(index).value() == null) {
      throw new IllegalArgumentException("There is no header " + name + ".");
    }
    return new String(headers.get(index).value(), UTF_8);
  }

  private static int lastIndexOf(String name, List<Header> headers) {
    for (int index = headers.size() - 1; index >= 0; index--) {
      if (headers.get(index).key().equals(name)) {
        return index;
      }
    }
    return -1;
  }
}
