package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterTest {

  private static final int LIMIT = 1 << 20;
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
    ProducerRecord<byte[], byte[]> letter =
        letter(KEY, VALUE, headers).toProducerRecord("dead", LIMIT);

    assertThat(letter.topic()).isEqualTo("dead");
    assertThat(letter.partition()).isNull();
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.value()).isEqualTo(VALUE);
    assertThat(List.of(letter.headers().toArray())).startsWith(headers.toArray(Header[]::new));
  }

  @Test
  void addsWhereTheRecordCameFromAndWhyItIsThere() {
    ProducerRecord<byte[], byte[]> letter =
        letter(KEY, VALUE, List.of()).toProducerRecord("dead", LIMIT);

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
        letter(KEY, VALUE, List.of(earlier)).toProducerRecord("dead", LIMIT);
    assertThat(text(letter.headers().lastHeader("error-class"))).isEqualTo("missing-label");
  }

  @Test
  void keepsAbsentKeysAndValuesAbsent() {
    ProducerRecord<byte[], byte[]> letter =
        letter(null, null, List.of()).toProducerRecord("dead", LIMIT);
    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  @Test
  void cutsEndlessMessages() {
    SourceRecord source = new SourceRecord("images", 3, 42, 1234, KEY, VALUE, List.of());
    ProducerRecord<byte[], byte[]> letter =
        new DeadLetter(source, "any", "x".repeat(5000)).toProducerRecord("dead", LIMIT);
    assertThat(letter.headers().lastHeader("error-message").value()).hasSize(1000);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {DeadLetter.MIN_BYTES, 100_000, 1_000_000, 1_048_588, Topics.MAX_MESSAGE_BYTES})
  void whatDoesNotFitIsShortenedUntilTheProducerTakesIt(int limit) {
    for (int bytes :
        new int[] {limit / 4, limit - 900, limit - 500, limit - 81, limit, 2 * limit}) {
      for (DeadLetter letter : lettersOf(bytes)) {
        ProducerRecord<byte[], byte[]> record = letter.toProducerRecord("dead", limit);
        assertThat(sizeAsTheProducerCounts(record)).isLessThanOrEqualTo(limit);
        assertThat(text(record.headers().lastHeader("error-class"))).isEqualTo("missing-label");
      }
    }
  }

  private static List<DeadLetter> lettersOf(int bytes) {
    byte[] large = new byte[bytes];
    Header header = new RecordHeader("label", large);
    return List.of(
        letter(KEY, large, List.of()),
        letter(large, VALUE, List.of()),
        letter(large, null, List.of(header)),
        letter(null, large, List.of(header)),
        letter(large, large, List.of(header, header)),
        letter(KEY, VALUE, Collections.nCopies(bytes / 2, new RecordHeader("", (byte[]) null))));
  }

  @Test
  void theHeadersSayWhatWasThereBeforeItWasShortened() throws Exception {
    byte[] value = new byte[2 * LIMIT];
    new Random(1).nextBytes(value);
    Header label = new RecordHeader("label", "cup".getBytes(UTF_8));
    ProducerRecord<byte[], byte[]> letter =
        letter(KEY, value, List.of(label)).toProducerRecord("dead", LIMIT);

    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.headers().lastHeader("label")).isEqualTo(label);
    assertThat(letter.value()).hasSizeGreaterThan(LIMIT / 2);
    assertThat(letter.value()).isEqualTo(Arrays.copyOf(value, letter.value().length));
    assertThat(text(letter.headers().lastHeader("full-value-size")))
        .isEqualTo(Integer.toString(value.length));
    assertThat(text(letter.headers().lastHeader("full-value-sha256")))
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value)));
    assertThat(text(letter.headers().lastHeader("full-headers"))).isEqualTo("1");
  }

  @Test
  void isReadBackAsItCame() {
    List<Header> headers =
        List.of(
            new RecordHeader("label", new byte[] {(byte) 0xC3, 0x28}),
            new RecordHeader("source-topic", "of an earlier death".getBytes(UTF_8)),
            new RecordHeader("nothing", (byte[]) null));
    DeadLetter letter = letter(KEY, VALUE, headers);
    assertThat(WrittenDeadLetter.read(consumed(letter.toProducerRecord("dead", LIMIT))))
        .hasValueSatisfying(
            read -> {
              assertThat(read.shortened()).isFalse();
              assertThat(read.letter()).usingRecursiveComparison().isEqualTo(letter);
            });
    DeadLetter large = letter(KEY, new byte[LIMIT], headers);
    assertThat(WrittenDeadLetter.read(consumed(large.toProducerRecord("dead", LIMIT))))
        .hasValueSatisfying(
            read -> {
              assertThat(read.shortened()).isTrue();
              assertThat(read.isOf(large.source())).isTrue();
              assertThat(read.isOf(letter.source())).as("another at its place").isFalse();
            });
    assertThat(WrittenDeadLetter.read(new ConsumerRecord<>("dead", 0, 0, KEY, VALUE))).isEmpty();
  }

  /** As of an image that was decoded: its key is the image's id, wherever that came from. */
  @Test
  void oneWithoutItsBytesIsOfTheRecordThatHasItsId() {
    DeadLetter letter =
        new DeadLetter(
            new SourceRecord(
                "images",
                3,
                42,
                1234,
                "cup-1".getBytes(UTF_8),
                new byte[0],
                List.of(new RecordHeader("full-record", "images-3-42".getBytes(UTF_8)))),
            "window-failed",
            "It failed.");
    WrittenDeadLetter read =
        WrittenDeadLetter.read(consumed(letter.toProducerRecord("dead", LIMIT))).orElseThrow();

    assertThat(read.shortened()).isTrue();
    assertThat(read.isOf(image("cup-1"))).isTrue();
    assertThat(read.isOf(image("cup-2"))).isFalse();
    assertThat(read.isOf(image(null))).isFalse();
  }

  @Test
  void oneThatWasSkippedIsWhateverLiesAtItsPlace() {
    for (String topic : List.of("images", "labels")) {
      DeadLetter letter =
          DeadLetter.of(
              SourceRecord.unread(topic, 3, 42),
              new RejectedRecord(RejectionReason.SKIPPED, "An option names it."));
      WrittenDeadLetter read =
          WrittenDeadLetter.read(consumed(letter.toProducerRecord("dead", LIMIT))).orElseThrow();

      assertThat(read.shortened()).isTrue();
      assertThat(read.isOf(new SourceRecord(topic, 3, 42, 99, KEY, VALUE, List.of()))).isTrue();
      assertThat(read.isOf(new SourceRecord(topic, 3, 42, 99, null, null, List.of()))).isTrue();
    }
  }

  private static SourceRecord image(String id) {
    return new SourceRecord(
        "images",
        3,
        42,
        99,
        id == null ? null : id.getBytes(UTF_8),
        new byte[] {(byte) 0x89, 'P', 'N', 'G'},
        List.of());
  }

  private static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> record) {
    ConsumerRecord<byte[], byte[]> message =
        new ConsumerRecord<>(record.topic(), 0, 7, record.key(), record.value());
    record.headers().forEach(message.headers()::add);
    return message;
  }

  @Test
  void whatFitsIsNotShortened() {
    ProducerRecord<byte[], byte[]> letter =
        letter(KEY, new byte[LIMIT - 1000], List.of()).toProducerRecord("dead", LIMIT);
    assertThat(letter.value()).hasSize(LIMIT - 1000);
    assertThat(letter.headers().lastHeader("full-value-size")).isNull();
  }

  private static int sizeAsTheProducerCounts(ProducerRecord<byte[], byte[]> record) {
    return AbstractRecords.estimateSizeInBytesUpperBound(
        RecordBatch.CURRENT_MAGIC_VALUE,
        CompressionType.NONE,
        record.key(),
        record.value(),
        record.headers().toArray());
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
