package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.digest.Sha256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A dead letter as it lies on its topic.
 *
 * @param letter the record as it came, or what is left of it, and the reason
 * @param shortened whether something is missing from the record
 * @param digests of key and value before they were shortened, by the names of their headers; none
 *     where the record was left out altogether
 */
public record WrittenDeadLetter(DeadLetter letter, boolean shortened, Map<String, String> digests) {

  /** What was decoded once is so again. */
  private static final ImageRecordParser PARSER =
      new ImageRecordParser(
          Integer.MAX_VALUE,
          new CaptureTime(Duration.ofDays(1_000_000)),
          ImageRecordParser.Unlabelled.QUESTION);

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
                  || lastIndexOf(HeaderNames.FULL_RECORD, headers) >= 0,
              digests(added)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> digests(List<Header> headers) {
    Map<String, String> digests = new HashMap<>();
    for (String name : List.of(HeaderNames.FULL_KEY_SHA256, HeaderNames.FULL_VALUE_SHA256)) {
      if (lastIndexOf(name, headers) >= 0) {
        digests.put(name, text(name, headers));
      }
    }
    return Map.copyOf(digests);
  }

  /**
   * Whether what lies at the place of a shortened one is the record that it was: where the topic
   * was made anew, it is another. One that was skipped was never read, so its place is all that is
   * known of it.
   */
  public boolean isOf(SourceRecord found) {
    if (letter.errorClass().equals(RejectionReason.SKIPPED.code())
        && letter.source().key() == null
        && digests.isEmpty()) {
      return true;
    }
    if (digests.isEmpty()) {
      return Arrays.equals(letter.source().key(), idOf(PARSER.parse(found)).getBytes(UTF_8));
    }
    return matches(HeaderNames.FULL_KEY_SHA256, found.key())
        && matches(HeaderNames.FULL_VALUE_SHA256, found.value());
  }

  /**
   * What to send again of a record: with the label that came apart from it, which the job may have
   * forgotten by now, and if it was late, without its time, whose window is over for good.
   *
   * @param found as it came: the letter's own, or what lies at its place
   */
  public SourceRecord again(SourceRecord found) {
    List<Header> headers = new ArrayList<>(found.headers());
    byte[] label = letter.source().header(HeaderNames.LABEL);
    if (label != null && found.header(HeaderNames.LABEL) == null) {
      headers.add(new RecordHeader(HeaderNames.LABEL, label));
    }
    boolean late = letter.errorClass().equals(DeadLetter.LATE);
    if (late) {
      headers.removeIf(
          header ->
              SourceRecord.folded(header.key())
                  .equals(SourceRecord.folded(HeaderNames.CAPTURED_AT)));
    }
    return new SourceRecord(
        found.topic(),
        found.partition(),
        found.offset(),
        late ? SourceRecord.NO_TIMESTAMP : found.timestamp(),
        found.key(),
        found.value(),
        headers);
  }

  private boolean matches(String name, byte[] bytes) {
    return Objects.equals(digests.get(name), bytes == null ? null : Sha256.of(bytes));
  }

  private static String idOf(ParsedRecord record) {
    if (record instanceof ImageReferenced referenced) {
      return referenced.id();
    }
    return record instanceof ImageReceived received ? received.id() : "";
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
