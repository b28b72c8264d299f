package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * A record that could not be used, with the reason.
 *
 * @param source the record as it came
 * @param errorClass the reason's code, such as {@link RejectionReason#code()}
 * @param errorMessage the reason for people; cut to 1,000 characters when written
 */
public record DeadLetter(SourceRecord source, String errorClass, String errorMessage) {

  private static final int MAX_MESSAGE_CHARACTERS = 1000;

  /** The dead letter of a record that the parser rejected. */
  public static DeadLetter of(SourceRecord source, RejectedRecord rejected) {
    return new DeadLetter(source, rejected.reason().code(), rejected.message());
  }

  /**
   * The record for the dead letter topic: key, value and headers byte for byte as they came, and
   * the pipeline's own headers after them. Its time is that of writing, so that the topic's
   * retention counts from there.
   */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(topic, null, null, source.key(), source.value(), source.headers());
    Headers headers = letter.headers();
    add(headers, HeaderNames.SOURCE_TOPIC, source.topic());
    add(headers, HeaderNames.SOURCE_PARTITION, Integer.toString(source.partition()));
    add(headers, HeaderNames.SOURCE_OFFSET, Long.toString(source.offset()));
    add(headers, HeaderNames.SOURCE_TIMESTAMP, Long.toString(source.timestamp()));
    add(headers, HeaderNames.ERROR_CLASS, errorClass);
    add(headers, HeaderNames.ERROR_MESSAGE, shortened(errorMessage));
    return letter;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  private static String shortened(String message) {
    return message.length() <= MAX_MESSAGE_CHARACTERS
        ? message
        : message.substring(0, MAX_MESSAGE_CHARACTERS);
  }
}
