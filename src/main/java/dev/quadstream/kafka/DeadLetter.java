package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.digest.Sha256;
import dev.quadstream.json.PrintableText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A record that could not be used, with the reason.
 *
 * @param source the record as it came
 * @param errorClass the reason's code, such as {@link RejectionReason#code()}
 * @param errorMessage the reason for people, as {@linkplain PrintableText printable} text, which it
 *     is made here; cut to 1,000 characters when written
 */
public record DeadLetter(SourceRecord source, String errorClass, String errorMessage) {

  /** The least that a dead letter topic must take: the pipeline's own headers at their longest. */
  public static final int MIN_BYTES = 16 << 10;

  /** The code of images that came after the window of their time was over. */
  public static final String LATE = "late";

  /** The code of what is not one record but all of some offsets, gone before they were read. */
  public static final String OFFSETS_GONE = "offsets-gone";

  private static final int MAX_MESSAGE_CHARACTERS = 1000;

  /** Of what fits, the share that each of key and headers may have before the value. */
  private static final int KEY_AND_HEADERS_SHARE = 4;

  public DeadLetter {
    errorMessage = PrintableText.of(errorMessage);
  }

  /** The dead letter of a record that the parser rejected. */
  public static DeadLetter of(SourceRecord source, RejectedRecord rejected) {
    return new DeadLetter(source, rejected.reason().code(), rejected.message());
  }

  /**
   * The record for the dead letter topic: key, value and headers byte for byte as they came, and
   * the pipeline's own headers after them. Its time is that of writing, so that the topic's
   * retention counts from there.
   *
   * <p>What would not fit is shortened: the value to its first bytes, and where they alone are too
   * large, the key likewise, and the headers to the first of them. Headers then say what there was:
   * {@link HeaderNames#FULL_VALUE_SIZE} and the others after it.
   *
   * @param maxBytes the largest record that the topic takes, at least {@link #MIN_BYTES}
   */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic, int maxBytes) {
    List<Header> own = new ArrayList<>();
    add(own, HeaderNames.SOURCE_TOPIC, source.topic());
    add(own, HeaderNames.SOURCE_PARTITION, Integer.toString(source.partition()));
    add(own, HeaderNames.SOURCE_OFFSET, Long.toString(source.offset()));
    add(own, HeaderNames.SOURCE_TIMESTAMP, Long.toString(source.timestamp()));
    add(own, HeaderNames.ERROR_CLASS, errorClass);
    add(own, HeaderNames.ERROR_MESSAGE, shortened(errorMessage));
    if (RecordSize.of(source.key(), source.value(), source.headers()) + RecordSize.of(own)
        <= maxBytes) {
      return record(topic, source.key(), source.value(), source.headers(), own);
    }
    return shortened(topic, maxBytes, own);
  }

  private ProducerRecord<byte[], byte[]> shortened(String topic, int maxBytes, List<Header> own) {
    if (source.value() != null) {
      add(own, HeaderNames.FULL_VALUE_SIZE, Integer.toString(source.value().length));
      add(own, HeaderNames.FULL_VALUE_SHA256, Sha256.of(source.value()));
    }
    if (source.key() != null) {
      add(own, HeaderNames.FULL_KEY_SIZE, Integer.toString(source.key().length));
      add(own, HeaderNames.FULL_KEY_SHA256, Sha256.of(source.key()));
    }
    add(own, HeaderNames.FULL_HEADERS, Integer.toString(source.headers().size()));
    long left = maxBytes - RecordSize.of(own) - RecordSize.of(null, null, List.of());
    byte[] key = first(source.key(), left / KEY_AND_HEADERS_SHARE);
    List<Header> headers = first(source.headers(), left / KEY_AND_HEADERS_SHARE);
    left -= (key == null ? 0 : key.length) + RecordSize.of(headers);
    return record(topic, key, first(source.value(), left), headers, own);
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, byte[] key, byte[] value, List<Header> headers, List<Header> own) {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(topic, null, null, key, value, headers);
    own.forEach(letter.headers()::add);
    return letter;
  }

  private static byte[] first(byte[] bytes, long length) {
    return bytes == null || bytes.length <= length ? bytes : Arrays.copyOf(bytes, (int) length);
  }

  private static List<Header> first(List<Header> headers, long bytes) {
    long left = bytes;
    for (int i = 0; i < headers.size(); i++) {
      left -= RecordSize.of(headers.subList(i, i + 1));
      if (left < 0) {
        return headers.subList(0, i);
      }
    }
    return headers;
  }

  private static void add(List<Header> headers, String name, String value) {
    headers.add(new RecordHeader(name, value.getBytes(UTF_8)));
  }

  private static String shortened(String message) {
    return message.length() <= MAX_MESSAGE_CHARACTERS
        ? message
        : message.substring(0, MAX_MESSAGE_CHARACTERS);
  }
}
