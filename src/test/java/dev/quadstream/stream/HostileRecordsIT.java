package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.fuzz.TestingEncodedImages;
import dev.quadstream.fuzz.TestingFuzzer;
import dev.quadstream.fuzz.TestingJson;
import dev.quadstream.fuzz.TestingMutations;
import dev.quadstream.fuzz.TestingSizes;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.PixelImage;
import dev.quadstream.json.FieldLimits;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.operator.DecodeOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Mutated records at the decode operator: each comes out once, as an image, a removal or a dead
 * letter with the bytes that came in.
 */
class HostileRecordsIT {

  private static final int MAX_BYTES = 64 << 10;
  private static final List<byte[]> IMAGES = TestingEncodedImages.all();

  private static final String[] NAMES = {
    HeaderNames.LABEL, HeaderNames.CONTENT_TYPE, HeaderNames.CAPTURED_AT, "", "λ", "x".repeat(300)
  };
  private static final String[] TEXTS = {
    "apple",
    "application/json",
    "1700000000000",
    "",
    " ",
    "\u0000",
    "💥",
    "-1",
    "9".repeat(20),
    "a".repeat(257),
    "text/plain; charset=",
    ";;;",
    "application/json;x=\"",
    "NaN",
    "1e9"
  };

  private OneInputStreamOperatorTestHarness<SourceRecord, ImageEvent> decode;
  private int accepted;
  private int deadLetters;
  private int asked;

  @BeforeEach
  void open() throws Exception {
    open(Integer.toString(250_000));
  }

  private void open(String maxPixels) throws Exception {
    decode =
        new OneInputStreamOperatorTestHarness<>(
            new DecodeOperator(
                TestingPipeline.settings(
                    "image.max-bytes", MAX_BYTES + " b", "image.max-pixels", maxPixels)));
    decode.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.IMAGE_EVENT)));
    decode.open();
  }

  @AfterEach
  void close() throws Exception {
    decode.close();
  }

  @Test
  void noDamageToAnImageStopsTheStreamOrLosesARecord() throws Exception {
    TestingFuzzer.run(
        "images",
        60_000,
        (record, random) -> {
          byte[] image = IMAGES.get(record % IMAGES.size());
          send(
              new SourceRecord(
                  "images",
                  0,
                  record,
                  1,
                  null,
                  TestingMutations.mutate(image, IMAGES, random),
                  List.of(new RecordHeader(HeaderNames.LABEL, "apple".getBytes(UTF_8)))));
        });
    assertThat(accepted).as("some damage is harmless").isPositive();
    assertThat(deadLetters).as("some is not").isPositive();
  }

  /** Under the default limits, where a single image may announce 50 million pixels. */
  @Test
  void imagesThatAnnounceAsMuchAsTheyMayDoNotExhaustTheMemory() throws Exception {
    close();
    open("50000000");
    TestingFuzzer.run(
        "sizes",
        IMAGES.size(),
        (record, random) -> {
          byte[] image = IMAGES.get(record % IMAGES.size()).clone();
          send(
              new SourceRecord(
                  "images",
                  0,
                  record,
                  1,
                  null,
                  TestingSizes.announce(image, 7_000, 7_000),
                  List.of(new RecordHeader(HeaderNames.LABEL, "apple".getBytes(UTF_8)))));
        });
    assertThat(accepted + deadLetters).isPositive();
  }

  @Test
  void noKeyAndNoHeaderStopsTheStreamOrLosesARecord() throws Exception {
    TestingFuzzer.run(
        "headers",
        20_000,
        (record, random) ->
            send(
                new SourceRecord(
                    "images",
                    0,
                    record,
                    random.nextBoolean() ? -1 : random.nextLong(),
                    random.nextInt(3) == 0 ? null : text(random),
                    random.nextInt(8) == 0 ? null : IMAGES.get(random.nextInt(6)),
                    headers(random))));
    assertThat(asked).isPositive();
    assertThat(accepted).isPositive();
    assertThat(deadLetters).isPositive();
  }

  @Test
  void noEnvelopeStopsTheStreamOrLosesARecord() throws Exception {
    List<byte[]> envelopes = new ArrayList<>();
    for (byte[] image : IMAGES.subList(0, 4)) {
      envelopes.add(
          "{\"id\":\"apple-1\",\"label\":\"apple\",\"extra\":[1,{\"a\":null}],\"image\":\"%s\"}"
              .formatted(Base64.getEncoder().encodeToString(image))
              .getBytes(UTF_8));
    }
    TestingFuzzer.run(
        "envelopes",
        20_000,
        (record, random) -> {
          byte[] envelope =
              random.nextInt(4) == 0
                  ? TestingJson.hostile(random, "id", "label", "image").getBytes(UTF_8)
                  : TestingMutations.mutate(
                      envelopes.get(record % envelopes.size()), envelopes, random);
          List<Header> headers = new ArrayList<>();
          headers.add(
              new RecordHeader(HeaderNames.CONTENT_TYPE, "application/json".getBytes(UTF_8)));
          if (random.nextBoolean()) {
            headers.add(new RecordHeader(HeaderNames.LABEL, "apple".getBytes(UTF_8)));
          }
          send(new SourceRecord("images", 0, record, 1, null, envelope, headers));
        });
    assertThat(asked).isPositive();
    assertThat(accepted).isPositive();
    assertThat(deadLetters).isPositive();
  }

  private void send(SourceRecord record) throws Exception {
    byte[] sent = record.value() == null ? null : record.value().clone();
    decode.processElement(record, 0);

    List<ImageEvent> events =
        decode.extractOutputValues().stream().filter(event -> !event.isReplacement()).toList();
    List<DeadLetter> letters = side(DecodeOperator.DEAD_LETTERS);
    List<ImageQuestion> questions =
        side(DecodeOperator.QUESTIONS).stream().filter(question -> !question.isClosed()).toList();
    assertThat(events.size() + letters.size() + questions.size())
        .as("what came out of one record")
        .isEqualTo(1);
    for (ImageQuestion question : questions) {
      asked++;
      assertThat(question.id().getBytes(UTF_8)).hasSizeBetween(1, FieldLimits.MAX_ID_BYTES);
      assertThat(((PixelImage) question.image()).shape()).isEqualTo(TestingPipeline.SHAPE);
      TestingPipeline.bytes(question, RecordFormats.typeOf(RecordFormats.IMAGE_QUESTION));
    }
    for (ImageEvent event : events) {
      accepted++;
      assertThat(event.id().getBytes(UTF_8)).hasSizeBetween(1, FieldLimits.MAX_ID_BYTES);
      if (!event.isRemoval()) {
        assertThat(event.image().pixels().shape()).isEqualTo(TestingPipeline.SHAPE);
        assertThat(event.image().label().getBytes(UTF_8))
            .hasSizeBetween(1, FieldLimits.MAX_LABEL_BYTES);
      }
      TestingPipeline.bytes(event, RecordFormats.typeOf(RecordFormats.IMAGE_EVENT));
    }
    for (DeadLetter letter : letters) {
      deadLetters++;
      assertThat(letter.errorClass()).isNotBlank();
      assertThat(letter.errorMessage()).isNotBlank();
      assertThat(
              Arrays.equals(
                  letter.toProducerRecord("dead-letters", Topics.MAX_MESSAGE_BYTES).value(), sent))
          .as("the dead letter holds the record as it came")
          .isTrue();
      TestingPipeline.bytes(letter, RecordFormats.typeOf(RecordFormats.DEAD_LETTER));
    }
    decode.getOutput().clear();
  }

  /** What has come out there since this was asked before. */
  private <T> List<T> side(OutputTag<T> tag) {
    Collection<StreamRecord<T>> records = decode.getSideOutput(tag);
    if (records == null) {
      return List.of();
    }
    List<T> values = records.stream().map(StreamRecord::getValue).toList();
    records.clear();
    return values;
  }

  private static List<Header> headers(SplittableRandom random) {
    List<Header> headers = new ArrayList<>();
    if (random.nextBoolean()) {
      headers.add(new RecordHeader(HeaderNames.LABEL, "apple".getBytes(UTF_8)));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] value = random.nextInt(8) == 0 ? null : text(random);
      headers.add(new RecordHeader(NAMES[random.nextInt(NAMES.length)], value));
    }
    return headers;
  }

  private static byte[] text(SplittableRandom random) {
    String text = TEXTS[random.nextInt(TEXTS.length)];
    byte[] bytes = text.getBytes(random.nextBoolean() ? UTF_8 : ISO_8859_1);
    return random.nextBoolean()
        ? bytes
        : TestingMutations.mutate(bytes, List.of(bytes, "trace".getBytes(UTF_8)), random);
  }
}
