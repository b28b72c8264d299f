package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.TestingLocale;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class WrittenDeadLetterTest {

  private static final byte[] KEY = "cup-1".getBytes(UTF_8);
  private static final Header PLACE = header("full-record", "images-0-7");

  @Test
  void aLabelThatCameApartFromItsImageGoesWithIt() {
    WrittenDeadLetter letter =
        written("window-failed", header("label", "cup"), header("captured-at", "99"), PLACE);

    assertThat(headers(letter.again(image(header("content-type", "image/png")))))
        .isEqualTo(Map.of("content-type", "image/png", "label", "cup"));
    assertThat(headers(letter.again(image(header("Label", "mug"), header("captured-at", "55")))))
        .as("as it came")
        .isEqualTo(Map.of("Label", "mug", "captured-at", "55"));
    assertThat(letter.again(image()).timestamp()).isEqualTo(1_234);
  }

  @Test
  void whatWasLateGoesWithoutItsTime() {
    SourceRecord again =
        written("late", header("label", "cup"), header("captured-at", "55"))
            .again(image(header("label", "cup"), header("Captured_At", "55")));

    assertThat(headers(again)).isEqualTo(Map.of("label", "cup"));
    assertThat(again.timestamp()).as("nor the record's own").isEqualTo(-1);
    assertThat(again.key()).isEqualTo(KEY);
    assertThat(again.value()).containsExactly(1, 2);
  }

  @Test
  void aPlaceIsWrittenInTheSameDigitsInEveryLanguage() {
    try (TestingLocale persian = TestingLocale.persian()) {
      SourceRecord unread = SourceRecord.unread("images", 0, 17);

      assertThat(unread.position()).isEqualTo("images-0-17");
      assertThat(headers(unread)).isEqualTo(Map.of("full-record", "images-0-17"));
    }
  }

  private static SourceRecord image(Header... headers) {
    return new SourceRecord("images", 0, 7, 1_234, KEY, new byte[] {1, 2}, List.of(headers));
  }

  private static WrittenDeadLetter written(String reason, Header... headers) {
    SourceRecord source = new SourceRecord("images", 0, 7, 99, KEY, new byte[0], List.of(headers));
    ProducerRecord<byte[], byte[]> sent =
        new DeadLetter(source, reason, "It failed.").toProducerRecord("dead-letters", 1 << 20);
    ConsumerRecord<byte[], byte[]> message =
        new ConsumerRecord<>("dead-letters", 0, 0, sent.key(), sent.value());
    sent.headers().forEach(message.headers()::add);
    return WrittenDeadLetter.read(message).orElseThrow();
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }

  private static Map<String, String> headers(SourceRecord record) {
    return record.headers().stream()
        .collect(Collectors.toMap(Header::key, header -> new String(header.value(), UTF_8)));
  }
}
