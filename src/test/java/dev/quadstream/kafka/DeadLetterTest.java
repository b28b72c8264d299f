package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

  private static final byte[] KEY = {0, -1, 'k'};
  private static final byte[] VALUE = {-128, 127, 0, 'v'};

  @Test
  void keepsKeyValueAndHeadersByteForByte() {
    List<Header> headers =
        List.of(
            new RecordHeader("label", new byte[] {(byte) 0xC3, 0x28}),
            new RecordHeader("label", new byte[] {1}),
            new RecordHeader("nothing", (byte[]) null),
            new RecordHeader("error-class", new byte[] {2}));
    ProducerRecord<byte[], byte[]> letter = letter(KEY, VALUE, headers).toProducerRecord("dead");

    assertThat(letter.topic()).isEqualTo("dead");
    assertThat(letter.partition()).isNull();
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.value()).isEqualTo(VALUE);
    assertThat(List.of(letter.headers().toArray())).startsWith(headers.toArray(Header[]::new));
  }

  @Test
  void addsWhereTheRecordCameFromAndWhyItIsThere() {
    ProducerRecord<byte[], byte[]> letter = letter(KEY, VALUE, List.of()).toProducerRecord("dead");

    List<String> added = new ArrayList<>();
    letter.headers().forEach(header -> added.add(header.key() + "=" + text(header)));
    assertThat(added)
        .containsExactly(
            "source-topic=images",
            "source-partition=3",
            "source-offset=42",
            "source-timestamp=1234",
            "error-class=missing-label",
            "error-message=Kein Etikett für dieses Bild.");
  }

  @Test
  void theReasonOfTheLatestDeathIsTheLastHeaderOfItsName() {
    Header earlier = new RecordHeader("error-class", "earlier".getBytes(UTF_8));
    ProducerRecord<byte[], byte[]> letter =
        letter(KEY, VALUE, List.of(earlier)).toProducerRecord("dead");
    assertThat(text(letter.headers().lastHeader("error-class"))).isEqualTo("missing-label");
  }

  @Test
  void keepsAbsentKeysAndValuesAbsent() {
    ProducerRecord<byte[], byte[]> letter = letter(null, null, List.of()).toProducerRecord("dead");
    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  @Test
  void cutsEndlessMessages() {
    SourceRecord source = new SourceRecord("images", 3, 42, 1234, KEY, VALUE, List.of());
    ProducerRecord<byte[], byte[]> letter =
        new DeadLetter(source, "any", "x".repeat(5000)).toProducerRecord("dead");
    assertThat(letter.headers().lastHeader("error-message").value()).hasSize(1000);
  }

  private static DeadLetter letter(byte[] key, byte[] value, List<Header> headers) {
    return DeadLetter.of(
        new SourceRecord("images", 3, 42, 1234, key, value, headers),
        new RejectedRecord(RejectionReason.MISSING_LABEL, "Kein Etikett für dieses Bild."));
  }

  private static String text(Header header) {
    return new String(header.value(), UTF_8);
  }
}
