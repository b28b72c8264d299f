package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.SourceRecord;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Dead letters of images whose bytes are gone, since they were decoded: with key, label and time,
 * an empty value (none at all would read as a removal), and the place at which the topic of images
 * has the record itself.
 */
final class PlacedDeadLetters implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final RecordPlace UNKNOWN = new RecordPlace(-1, -1, 0, 0, 0);

  private final String topic;

  /** Of images of this topic. */
  PlacedDeadLetters(String topic) {
    this.topic = topic;
  }

  /**
   * The dead letter of an image.
   *
   * @param arrival no removal
   * @param errorClass the code of the reason
   * @param message the reason for people; a full sentence
   */
  DeadLetter of(ImageEvent arrival, String errorClass, String message) {
    return of(
        arrival.id(),
        List.of(header(HeaderNames.LABEL, arrival.image().label())),
        arrival.image().capturedAt(),
        arrival.place() == null ? UNKNOWN : arrival.place(),
        errorClass,
        message);
  }

  DeadLetter of(ImageQuestion question, String errorClass, String message) {
    return of(
        question.id(), List.of(), question.capturedAt(), question.place(), errorClass, message);
  }

  private DeadLetter of(
      String id,
      List<Header> label,
      long capturedAt,
      RecordPlace place,
      String errorClass,
      String message) {
    String position = SourceRecord.position(topic, place.partition(), place.offset());
    List<Header> headers = new ArrayList<>(label);
    headers.add(header(HeaderNames.CAPTURED_AT, Long.toString(capturedAt)));
    headers.add(header(HeaderNames.FULL_RECORD, position));
    SourceRecord source =
        new SourceRecord(
            topic,
            place.partition(),
            place.offset(),
            capturedAt,
            id.getBytes(UTF_8),
            new byte[0],
            headers);
    return new DeadLetter(
        source,
        errorClass,
        "%s It had been decoded, so its bytes are not here but at %s."
            .formatted(message, position));
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }
}
