package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.backbone.TestingOnnx;
import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.PixelImages;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.RejectionReason;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.registry.TestingFileSystem;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DecodeOperatorTest {

  private static final int MAX_BYTES = 4_096;
  private static final int MAX_PIXELS = 10_000;
  private static final int IMAGE_HEADER_LENGTH = 33;
  private static final byte[] PNG = png(40, 30, 1);
  private static final byte[] NOT_UTF8 = {(byte) 0xC3, (byte) 0x28};

  @TempDir private static Path photos;

  private OneInputStreamOperatorTestHarness<SourceRecord, ImageEvent> decode;

  @BeforeEach
  void open() throws Exception {
    open(
        "image.max-bytes",
        MAX_BYTES + " b",
        "image.max-pixels",
        Integer.toString(MAX_PIXELS),
        "images.unlabelled",
        "DEAD_LETTER",
        "kafka.skip",
        "2@99, 0@17",
        "image.addresses",
        photos.toUri() + "," + photos.resolve("more").toUri() + "/");
  }

  private void open(String... options) throws Exception {
    PipelineSettings settings = TestingPipeline.settings(options);
    decode = harness(settings);
    decode.open();
  }

  private void reopenBehind(String backbone) throws Exception {
    decode.close();
    open(behind(backbone));
  }

  private static String[] behind(String backbone) {
    return new String[] {
      "image.height",
      "16",
      "image.width",
      "16",
      "network.backbone",
      backbone,
      "network.backbone.output",
      "features"
    };
  }

  private static OneInputStreamOperatorTestHarness<SourceRecord, ImageEvent> harness(
      PipelineSettings settings) throws Exception {
    return harness(new DecodeOperator(settings));
  }

  private static OneInputStreamOperatorTestHarness<SourceRecord, ImageEvent> harness(
      DecodeOperator operator) throws Exception {
    OneInputStreamOperatorTestHarness<SourceRecord, ImageEvent> harness =
        new OneInputStreamOperatorTestHarness<>(operator);
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.IMAGE_EVENT)));
    return harness;
  }

  @AfterEach
  void close() throws Exception {
    TestingFileSystem.answerAgain();
    decode.close();
  }

  @Test
  void anEncodedImageBecomesPixelsOfTheNetworksSize() throws Exception {
    send(record(utf8("apple-1"), PNG, label("apple"), header(HeaderNames.CAPTURED_AT, "77")));

    LabeledImage image = accepted().get(0).image();
    assertThat(image.id()).isEqualTo("apple-1");
    assertThat(image.label()).isEqualTo("apple");
    assertThat(image.capturedAt()).isEqualTo(77);
    assertThat(image.pixels().shape()).isEqualTo(TestingPipeline.SHAPE);
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void behindABackboneImageAndQuestionBecomeItsFeatures() throws Exception {
    reopenBehind(backbone(false));
    send(record(utf8("apple-1"), PNG, label("apple")));
    send(record(utf8("apple-2"), PNG));
    decode.prepareSnapshotPreBarrier(1);

    BackboneFeatures features = (BackboneFeatures) accepted().get(0).image().image();
    assertThat(features.values()).hasSize(TestingOnnx.FEATURES);
    assertThat(questions()).extracting(ImageQuestion::image).containsExactly(null, features);
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void anImageThatABackboneMakesNothingOfIsADeadLetterAndTheOthersGoOn() throws Exception {
    reopenBehind(backbone(true));
    send(record(utf8("black"), black(), label("apple")));
    send(record(utf8("apple-1"), PNG, label("apple")));
    decode.prepareSnapshotPreBarrier(1);

    assertThat(accepted()).extracting(ImageEvent::id).containsExactly("apple-1");
    assertThat(accepted().get(0).place()).isEqualTo(new RecordPlace(2, 17, 2, 1, 0));
    assertThat(deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.errorClass()).isEqualTo("image-without-features");
              assertThat(letter.errorMessage()).contains("All 12 features are 0");
            });
  }

  @Test
  void recordsThatAreGatheredLeaveInTheirOrderAndWaitForNoneOfTheirKind() throws Exception {
    int threads = NativeThreads.count();
    NativeThreads.limit(2);
    try {
      reopenBehind(backbone(true));
      decode.setProcessingTime(1_000);
      send(record(utf8("apple-0"), null));
      assertThat(accepted()).as("nothing to compute, nothing to wait for").hasSize(1);

      send(record(utf8("apple-1"), PNG, label("apple")));
      send(record(utf8("apple-2"), black(), label("apple")));
      send(record(utf8("apple-3"), null));
      send(record(utf8("apple-4"), PNG, label("apple")));
      assertThat(accepted()).hasSize(1);
      decode.setProcessingTime(1_000 + DecodeOperator.GATHER_MILLIS);
      assertThat(accepted())
          .extracting(ImageEvent::id)
          .containsExactly("apple-0", "apple-1", "apple-3", "apple-4");
      assertThat(accepted())
          .extracting(event -> event.place().deadLetters())
          .as("counted when it is their turn")
          .containsExactly(0L, 0L, 1L, 1L);

      for (int image = 5; image < 9; image++) {
        send(record(utf8("apple-" + image), PNG, label("apple")));
      }
      assertThat(accepted()).as("as many as are worth waiting for").hasSize(8);

      send(record(utf8("apple-9"), PNG, label("apple")));
      decode.processWatermark(1);
      assertThat(accepted()).as("before a watermark").hasSize(9);
      send(record(utf8("apple-10"), PNG, label("apple")));
      decode.endInput();
      assertThat(accepted()).hasSize(10);
    } finally {
      NativeThreads.limit(threads);
    }
  }

  @Test
  void aFileThatHasChangedSinceTheJobWasStartedIsRefusedAndBothAreNamed() throws Exception {
    Path file = photos.resolve("changing.onnx");
    Files.write(file, TestingOnnx.file(true, false, TestingOnnx.OPEN, 1, 16, 16));
    PipelineSettings settings = TestingPipeline.settings(behind(file.toString()));
    Files.write(file, TestingOnnx.file(true, true, TestingOnnx.OPEN, 1, 16, 16));
    OneInputStreamOperatorTestHarness<SourceRecord, ImageEvent> harness = harness(settings);

    assertThatThrownBy(harness::open)
        .rootCause()
        .hasMessageContainingAll(
            settings.network().backbone().toString(),
            "bytes NCHW",
            "the same file on every machine");
    harness.close();
  }

  private static String backbone(boolean bytes) throws IOException {
    Path file = photos.resolve(bytes ? "bytes.onnx" : "floats.onnx");
    Files.write(file, TestingOnnx.file(true, bytes, TestingOnnx.OPEN, 1, 16, 16));
    return file.toString();
  }

  private static byte[] black() {
    ImageShape shape = new ImageShape(1, 16, 16);
    return PixelImages.toPng(new PixelImage(shape, new byte[shape.size()]));
  }

  @Test
  void recordsThatAreGoneAreOneDeadLetterAndAllCountAsRead() throws Exception {
    send(record(utf8("apple-1"), PNG, label("apple")));
    send(SourceRecord.of(new OffsetGap("images", 2, 99, 60, "Sixty are gone.")));
    send(record(utf8("apple-2"), PNG, label("apple")));

    assertThat(deadLetters())
        .singleElement()
        .satisfies(letter -> assertThat(letter.errorClass()).isEqualTo("offsets-gone"));
    assertThat(accepted().get(1).place()).isEqualTo(new RecordPlace(2, 17, 62, 60, 0));
  }

  @Test
  void withoutAKeyTheImageIsNamedAfterItsPlaceOnTheTopic() throws Exception {
    send(record(null, PNG, label("apple")));
    assertThat(accepted()).extracting(ImageEvent::id).containsExactly("images-2-17");
    assertThat(accepted().get(0).image().capturedAt()).isEqualTo(1_234);
  }

  @Test
  void aTombstoneIsARemoval() throws Exception {
    send(record(utf8("apple-1"), null));
    assertThat(accepted())
        .containsExactly(ImageEvent.removed("apple-1").at(new RecordPlace(2, 17, 1, 0, 0)));
    assertThat(deadLetters()).isEmpty();
  }

  @Test
  void aJsonEnvelopeHoldsTheSameImage() throws Exception {
    String envelope =
        "{\"id\":\"apple-2\",\"label\":\"apple\",\"image\":\"%s\",\"camera\":3}"
            .formatted(Base64.getEncoder().encodeToString(PNG));
    send(record(utf8("apple-1"), PNG, label("apple")));
    send(record(null, utf8(envelope), json()));

    LabeledImage inEnvelope = accepted().get(1).image();
    assertThat(inEnvelope.id()).isEqualTo("apple-2");
    assertThat(inEnvelope.label()).isEqualTo("apple");
    assertThat(inEnvelope.image()).isEqualTo(accepted().get(0).image().image());
  }

  @Test
  void anImageIsFetchedFromAnAddressThatTheOperatorAllows() throws Exception {
    Files.write(photos.resolve("apple 1.png"), PNG);
    send(record(utf8("apple-1"), PNG, label("apple")));
    send(record(utf8("apple-2"), utf8(photos.toUri() + "apple 1.png"), label("apple")));
    assertThat(accepted().get(1).image().image()).isEqualTo(accepted().get(0).image().image());
    assertThat(deadLetters()).isEmpty();
  }

  /** However often the job has restarted: each image of the hour would be a dead letter. */
  @Test
  void aStoreThatIsAwayFailsTheJobUntilItIsBack() throws Exception {
    Path apple = Files.write(photos.resolve("apple.png"), PNG);
    openOnStore();
    TestingFileSystem.fail(photos, new IOException("503 Slow Down"));
    TestingFileSystem.fail(apple, new IOException("503 Slow Down"));
    assertThatThrownBy(() -> sendAddressOf(apple))
        .cause()
        .isInstanceOf(ImagesUnreachableException.class)
        .hasMessageContaining(TestingFileSystem.addressOf(photos))
        .hasMessageContaining("503 Slow Down")
        .hasMessageContaining("image.addresses");

    TestingFileSystem.answerAgain();
    assertThat(deadLetters()).isEmpty();
    sendAddressOf(apple);
    assertThat(accepted()).extracting(ImageEvent::id).containsExactly("apple-1");
  }

  @Test
  void anImageThatAloneCannotBeReadIsADeadLetter() throws Exception {
    Path apple = Files.write(photos.resolve("apple.png"), PNG);
    openOnStore();
    TestingFileSystem.fail(apple, new IOException("503 Slow Down"));
    sendAddressOf(apple);
    assertThat(deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.errorClass()).isEqualTo("unreadable-address");
              assertThat(letter.errorMessage()).contains("503 Slow Down");
            });
  }

  /** S3 says so of a key that is not there, to who may read and not list. */
  @Test
  void whatMayNotBeReadInAFolderThatMayNotBeListedIsADeadLetter() throws Exception {
    Path apple = photos.resolve("gone.png");
    openOnStore();
    TestingFileSystem.fail(photos, new AccessDeniedException("photos", null, "403"));
    TestingFileSystem.fail(apple, new AccessDeniedException("gone.png", null, "403"));
    sendAddressOf(apple);
    assertThat(deadLetters())
        .extracting(DeadLetter::errorClass)
        .containsExactly("unreadable-address");
  }

  private void sendAddressOf(Path photo) throws Exception {
    String address = TestingFileSystem.addressOf(photos) + photo.getFileName();
    send(record(utf8("apple-1"), utf8(address), label("apple")));
  }

  private void openOnStore() throws Exception {
    decode.close();
    decode =
        harness(
            new DecodeOperator(
                TestingPipeline.settings("image.addresses", TestingFileSystem.addressOf(photos)),
                new Attempts(0),
                PipelineSettings::contentDecoder));
    decode.open();
  }

  @Test
  void foldersThatFlinkHasNoFileSystemForAreRefused() throws Exception {
    decode.close();
    assertThatThrownBy(() -> open("image.addresses", "https://cdn.example/photos/"))
        .hasStackTraceContaining("image.addresses has 'https://cdn.example/photos/'")
        .hasStackTraceContaining(StartRefusedException.class.getName());
  }

  static Stream<Arguments> badRecords() throws IOException {
    Files.write(photos.resolve("large.png"), new byte[MAX_BYTES + 1]);
    Files.write(photos.resolve("empty.png"), new byte[0]);
    Files.write(photos.resolve("text.png"), utf8("no image"));
    byte[] key = utf8("apple-1");
    Header apple = label("apple");
    return Stream.of(
        Arguments.of("too-large", record(key, new byte[MAX_BYTES], apple)),
        Arguments.of("skipped", new SourceRecord("images", 2, 99, 1_234, key, PNG, List.of(apple))),
        Arguments.of("missing-key", record(null, null)),
        Arguments.of("refused-address", record(key, utf8("file:///etc/passwd"), apple)),
        Arguments.of("refused-address", record(key, utf8("s3://photos/apple.png"), apple)),
        Arguments.of("refused-address", record(key, utf8(photos.toUri() + "../a"), apple)),
        Arguments.of("refused-address", record(key, utf8(photos.toUri() + "%2E./a"), apple)),
        Arguments.of("unreadable-address", record(key, utf8(photos.toUri() + "gone"), apple)),
        Arguments.of("unreadable-address", record(key, utf8(photos.toUri().toString()), apple)),
        Arguments.of("too-large", record(key, utf8(photos.toUri() + "large.png"), apple)),
        Arguments.of("image-empty", record(key, utf8(photos.toUri() + "empty.png"), apple)),
        Arguments.of("image-unknown-format", record(key, utf8(photos.toUri() + "text.png"), apple)),
        Arguments.of("malformed-key", record(NOT_UTF8, PNG, apple)),
        Arguments.of("malformed-key", record(new byte[0], null)),
        Arguments.of("missing-label", record(key, PNG)),
        Arguments.of("malformed-label", record(key, PNG, header(HeaderNames.LABEL, NOT_UTF8))),
        Arguments.of("blank-label", record(key, PNG, label(" "))),
        Arguments.of("blank-label", record(key, PNG, label(""))),
        Arguments.of("overlong-label", record(key, PNG, label("é".repeat(129)))),
        Arguments.of(
            "malformed-captured-at",
            record(key, PNG, apple, header(HeaderNames.CAPTURED_AT, "yesterday"))),
        Arguments.of(
            "captured-at-in-seconds",
            record(key, PNG, apple, header(HeaderNames.CAPTURED_AT, "1700000000"))),
        Arguments.of(
            "captured-at-in-future",
            record(key, PNG, apple, header(HeaderNames.CAPTURED_AT, "999999999999999"))),
        Arguments.of("malformed-envelope", record(key, utf8("{\"image\":5}"), apple, json())),
        Arguments.of("malformed-envelope", record(key, utf8("[\"a\"]"), apple)),
        Arguments.of("image-unknown-format", record(key, utf8("[1]"), apple)),
        Arguments.of("empty-image", record(key, new byte[0], apple)),
        Arguments.of("empty-image", record(key, utf8("{\"image\":\"\"}"), apple, json())),
        Arguments.of("image-unknown-format", record(key, utf8("no image at all"), apple)),
        Arguments.of("image-unsupported", record(key, utf8("0000ftypheic"), apple)),
        Arguments.of("image-corrupt", record(key, Arrays.copyOf(PNG, 60), apple)),
        Arguments.of("image-too-many-pixels", record(key, bomb(), apple)));
  }

  @ParameterizedTest
  @MethodSource("badRecords")
  void aBadRecordBecomesADeadLetterWithItsReasonAndAsItCame(String reason, SourceRecord bad)
      throws Exception {
    SourceRecord copy = copyOf(bad);
    send(bad);

    assertThat(accepted()).isEmpty();
    DeadLetter letter = deadLetters().get(0);
    assertThat(letter.errorClass()).isEqualTo(reason);
    assertThat(letter.errorMessage()).isNotBlank();
    assertThat(letter.source()).usingRecursiveComparison().isEqualTo(copy);
  }

  @Test
  void everyReasonToRejectARecordIsAmongThese() throws Exception {
    assertThat(badRecords().map(arguments -> (String) arguments.get()[0]))
        .containsAll(
            Stream.of(RejectionReason.values())
                .filter(reason -> reason != RejectionReason.RECORD_FAILED)
                .map(RejectionReason::code)
                .toList());
  }

  @Test
  void aRecordThatFailsTheJobEachTimeIsADeadLetterOnceItHasDoneSoOftenEnough() throws Exception {
    SourceRecord unforeseen = record(utf8("apple-1"), PNG, new TestingBrokenHeader());
    assertThatThrownBy(() -> send(unforeseen)).hasRootCauseMessage(TestingBrokenHeader.WHY);
    decode.close();

    decode =
        harness(
            new DecodeOperator(
                TestingPipeline.settings(), new Attempts(0), PipelineSettings::contentDecoder));
    decode.open();
    send(unforeseen);
    send(record(utf8("apple-2"), PNG, label("apple")));

    assertThat(deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.errorClass()).isEqualTo(RejectionReason.RECORD_FAILED.code());
              assertThat(letter.errorMessage()).contains(TestingBrokenHeader.WHY);
              assertThat(letter.source().value()).isEqualTo(PNG);
            });
    assertThat(accepted().get(0).place()).isEqualTo(new RecordPlace(2, 17, 2, 1, 0));
  }

  /** Such as one that takes more memory than there ever is. */
  @Test
  void ofSeveralImagesOnlyThatIsPutAsideWhichFailsEachTime() throws Exception {
    decode.close();
    decode = harness(new DecodeOperator(TestingPipeline.settings(), new Attempts(0), failing()));
    decode.open();
    for (int side = 1; side <= 3; side++) {
      send(record(utf8("apple-" + side), png(side, side, 1), label("apple")));
    }

    assertThat(accepted()).extracting(ImageEvent::id).containsExactly("apple-1", "apple-3");
    assertThat(deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.errorClass()).isEqualTo("image-failed");
              assertThat(letter.errorMessage()).contains("OutOfMemoryError");
              assertThat(letter.source().value()).isEqualTo(png(2, 2, 1));
            });
    decode.close();

    decode = harness(new DecodeOperator(TestingPipeline.settings(), new Attempts(1), failing()));
    decode.open();
    send(record(utf8("apple-1"), PNG, label("apple")));
    send(record(utf8("apple-2"), png(2, 2, 1), label("apple")));
    assertThatThrownBy(() -> send(record(utf8("apple-3"), PNG, label("apple"))))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void aFailureLongAfterARestartIsNoneOfThoseThatLedToIt() throws Exception {
    decode.close();
    decode =
        harness(
            new DecodeOperator(
                TestingPipeline.settings(), new Attempts(0, Duration.ZERO), failing()));
    decode.open();
    send(record(utf8("apple-1"), png(2, 2, 1), label("apple")));
    send(record(utf8("apple-2"), PNG, label("apple")));
    send(record(utf8("apple-3"), PNG, label("apple")));
    assertThat(deadLetters()).hasSize(1);

    decode.notifyOfCompletedCheckpoint(1);

    send(record(utf8("apple-4"), png(2, 2, 1), label("apple")));
    send(record(utf8("apple-5"), PNG, label("apple")));
    assertThatThrownBy(() -> send(record(utf8("apple-6"), PNG, label("apple"))))
        .isInstanceOf(OutOfMemoryError.class);
  }

  /** Gathers three images, and fails on the one of 2 x 2 pixels. */
  private static DecodeOperator.DecoderFactory failing() {
    return settings -> {
      ImageDecoder decoder = new ImageDecoder(TestingPipeline.SHAPE, settings.imageLimits());
      PixelImage fails = decoded(decoder, png(2, 2, 1));
      return new ContentDecoder(
          decoder,
          pixels -> {
            if (pixels.equals(fails)) {
              throw new OutOfMemoryError("for a test");
            }
            return pixels;
          },
          3,
          (count, piece) -> IntStream.range(0, count).forEach(piece));
    };
  }

  private static PixelImage decoded(ImageDecoder decoder, byte[] png) {
    try {
      return decoder.decode(png);
    } catch (UndecodableImageException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anImageWhoseWindowIsOverBecomesADeadLetterAsItCameAndARemovalNever() throws Exception {
    open("window.kind", "EVENT_TIME", "window.timeout", "10 ms");
    decode.processWatermark(19);
    SourceRecord late =
        record(utf8("apple-1"), PNG, label("apple"), header(HeaderNames.CAPTURED_AT, "19"));
    SourceRecord copy = copyOf(late);
    send(late);
    send(record(utf8("apple-2"), PNG, label("apple"), header(HeaderNames.CAPTURED_AT, "20")));
    send(record(utf8("apple-3"), null));

    assertThat(accepted()).extracting(ImageEvent::id).containsExactly("apple-2", "apple-3");
    assertThat(deadLetters()).hasSize(1);
    assertThat(deadLetters().get(0).errorClass()).isEqualTo("late");
    assertThat(deadLetters().get(0).errorMessage()).contains("1970-01-01T00:00:00.019Z");
    assertThat(deadLetters().get(0).source()).usingRecursiveComparison().isEqualTo(copy);
  }

  @Test
  void anImageThatNothingGivesATimeIsLateOnceEventTimeHasBegunAndSaysWhy() throws Exception {
    open("window.kind", "EVENT_TIME", "window.timeout", "10 ms");
    SourceRecord timeless =
        new SourceRecord("images", 2, 7, -1, utf8("apple-1"), PNG, List.of(label("apple")));
    send(timeless);
    decode.processWatermark(19);
    send(timeless);

    assertThat(accepted()).extracting(ImageEvent::id).containsExactly("apple-1");
    assertThat(deadLetters()).hasSize(1);
    assertThat(deadLetters().get(0).errorClass()).isEqualTo("late");
    assertThat(deadLetters().get(0).errorMessage()).contains("captured-at").doesNotContain("1969");
  }

  /** As clients do that give a record its time themselves. */
  @Test
  void anImageWhoseRecordHasItsTimeInSecondsIsToldSo() throws Exception {
    open("window.kind", "EVENT_TIME", "window.timeout", "10 ms");
    decode.processWatermark(1_700_000_000_000L);
    send(
        new SourceRecord(
            "images", 2, 7, 1_700_000_000, utf8("apple-1"), PNG, List.of(label("apple"))));

    assertThat(deadLetters().get(0).errorClass()).isEqualTo("late");
    assertThat(deadLetters().get(0).errorMessage()).contains("seconds", "2023-11-14T22:13:20Z");
  }

  @Test
  void eachImageSaysHowFarItsPartitionHasBeenReadAlsoAfterARestore() throws Exception {
    send(record(utf8("apple-1"), PNG));
    send(record(utf8("apple-2"), PNG, label("apple")));
    OperatorSubtaskState snapshot = decode.snapshot(1, 1);
    assertThat(accepted().get(0).place()).isEqualTo(new RecordPlace(2, 17, 2, 1, 0));
    decode.close();

    decode = harness(TestingPipeline.settings("images.unlabelled", "DEAD_LETTER"));
    decode.initializeState(snapshot);
    decode.open();
    send(record(utf8("apple-3"), PNG));
    send(record(utf8("apple-2"), null));
    assertThat(accepted().get(0).place()).isEqualTo(new RecordPlace(2, 17, 4, 2, 0));
  }

  @Test
  void anImageWithoutALabelIsAQuestionAndCountedAsOneAlsoAfterARestore() throws Exception {
    decode.close();
    open(new String[0]);
    send(record(utf8("apple-1"), PNG, header(HeaderNames.CAPTURED_AT, "77")));
    String envelope =
        "{\"id\":\"apple-2\",\"label\":null,\"image\":\"%s\"}"
            .formatted(Base64.getEncoder().encodeToString(PNG));
    send(record(null, utf8(envelope), json()));
    send(record(utf8("apple-3"), utf8("no image")));
    send(record(utf8("apple-4"), PNG, label(" ")));
    send(record(utf8("apple-5"), PNG, label("apple")));

    assertThat(questions())
        .filteredOn(question -> !question.isClosed())
        .extracting(ImageQuestion::id)
        .containsExactly("apple-1", "apple-2");
    assertThat(questions().get(0).capturedAt()).isEqualTo(77);
    assertThat(questions().get(0).image()).isEqualTo(accepted().get(2).image().image());
    assertThat(deadLetters())
        .extracting(DeadLetter::errorClass)
        .containsExactly("image-unknown-format", "blank-label");
    assertThat(accepted().get(2).place()).isEqualTo(new RecordPlace(2, 17, 5, 2, 2));

    OperatorSubtaskState snapshot = decode.snapshot(1, 1);
    decode.close();
    decode = harness(TestingPipeline.settings());
    decode.initializeState(snapshot);
    decode.open();
    send(record(utf8("apple-6"), PNG, label("apple")));
    assertThat(accepted().get(0).place()).isEqualTo(new RecordPlace(2, 17, 6, 2, 2));
  }

  @Test
  void whatComesWithoutALabelReplacesWhatCameBeforeAndWhatComesWithOneClosesTheQuestion()
      throws Exception {
    decode.close();
    open(new String[0]);
    send(record(utf8("apple-1"), PNG));
    send(record(utf8("apple-1"), PNG, label("apple")));
    send(record(utf8("apple-1"), utf8("no image")));

    assertThat(accepted()).hasSize(2);
    assertThat(accepted().get(0))
        .isEqualTo(ImageEvent.replaced("apple-1", new RecordPlace(2, 17, 1, 0, 1)));
    assertThat(accepted().get(1).isArrival()).isTrue();
    assertThat(questions()).extracting(ImageQuestion::isClosed).containsExactly(false, true);
    assertThat(questions()).extracting(ImageQuestion::id).containsOnly("apple-1");
    assertThat(questions())
        .extracting(ImageQuestion::place)
        .as("by which the windows know them again")
        .containsExactlyElementsOf(accepted().stream().map(ImageEvent::place).toList());
  }

  @Test
  void whereWindowsGoByCountNoImageIsLate() throws Exception {
    decode.processWatermark(1_000_000);
    send(record(utf8("apple-1"), PNG, label("apple"), header(HeaderNames.CAPTURED_AT, "19")));
    assertThat(accepted()).hasSize(1);
  }

  @Test
  void badRecordsDoNotHoldBackGoodOnesAfterThem() throws Exception {
    badRecords().forEach(arguments -> send((SourceRecord) arguments.get()[1]));
    send(record(utf8("apple-1"), PNG, label("apple")));
    assertThat(accepted()).hasSize(1);
    assertThat(deadLetters()).hasSize((int) badRecords().count());
  }

  /** A short form of a fuzzer: damage of every kind, and not one record lost or thrown at. */
  @Test
  void ofMutatedRecordsEachIsEitherAcceptedOrADeadLetter() throws Exception {
    int sent = 4_000;
    SplittableRandom random = new SplittableRandom(20);
    List<SourceRecord> seeds = seeds();
    for (int i = 0; i < sent; i++) {
      send(mutated(seeds.get(random.nextInt(seeds.size())), random));
    }
    assertThat(accepted().size() + deadLetters().size()).isEqualTo(sent);
    assertThat(accepted()).hasSizeGreaterThan(sent / 20);
    assertThat(deadLetters()).hasSizeGreaterThan(sent / 20);
    assertThat(deadLetters().stream().map(DeadLetter::errorClass).distinct().count())
        .as("the mutations reach far into parser and decoder")
        .isGreaterThan(7);
  }

  private static List<SourceRecord> seeds() throws IOException {
    String envelope =
        "{\"id\":\"a\",\"label\":\"b\",\"image\":\"%s\"}"
            .formatted(Base64.getEncoder().encodeToString(PNG));
    List<SourceRecord> seeds = new ArrayList<>();
    for (String format : List.of("png", "jpeg", "gif", "bmp")) {
      seeds.add(
          record(
              utf8("id"),
              encoded(picture(20, 20, 5), format),
              label("apple"),
              header(HeaderNames.CAPTURED_AT, "1700000000000")));
    }
    seeds.add(record(utf8("id"), utf8(envelope), json()));
    seeds.add(record(utf8("id"), null));
    return seeds;
  }

  private static SourceRecord mutated(SourceRecord seed, SplittableRandom random) {
    byte[] key = seed.key();
    byte[] value = seed.value();
    List<Header> headers = new ArrayList<>(seed.headers());
    int mutations = 1 + random.nextInt(3);
    for (int i = 0; i < mutations; i++) {
      switch (random.nextInt(6)) {
        case 0 -> key = random.nextBoolean() ? null : damaged(key, random);
        case 1 -> {
          if (!headers.isEmpty()) {
            headers.remove(random.nextInt(headers.size()));
          }
        }
        case 2 -> {
          if (!headers.isEmpty()) {
            int at = random.nextInt(headers.size());
            Header header = headers.get(at);
            headers.set(at, new RecordHeader(header.key(), damaged(header.value(), random)));
          }
        }
        case 3 -> headers.add(random.nextBoolean() ? json() : label(" "));
        default -> value = damaged(value, random);
      }
    }
    return record(key, value, headers.toArray(Header[]::new));
  }

  private static byte[] damaged(byte[] bytes, SplittableRandom random) {
    if (bytes == null || bytes.length == 0) {
      return new byte[random.nextInt(4)];
    }
    if (random.nextInt(4) == 0) {
      return Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
    }
    byte[] damaged = bytes.clone();
    int hits = 1 + random.nextInt(8);
    for (int i = 0; i < hits; i++) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }

  private void send(SourceRecord source) {
    try {
      decode.processElement(source, 0);
    } catch (Exception e) {
      throw new AssertionError("Thrown for the sake of the record " + source, e);
    }
  }

  private List<ImageEvent> accepted() {
    return decode.extractOutputValues();
  }

  private List<ImageQuestion> questions() {
    return decode.getSideOutput(DecodeOperator.QUESTIONS).stream()
        .map(StreamRecord::getValue)
        .toList();
  }

  private List<DeadLetter> deadLetters() {
    Collection<StreamRecord<DeadLetter>> letters =
        decode.getSideOutput(DecodeOperator.DEAD_LETTERS);
    return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
  }

  private static SourceRecord record(byte[] key, byte[] value, Header... headers) {
    return new SourceRecord("images", 2, 17, 1_234, key, value, List.of(headers));
  }

  private static SourceRecord copyOf(SourceRecord source) {
    return new SourceRecord(
        source.topic(),
        source.partition(),
        source.offset(),
        source.timestamp(),
        source.key() == null ? null : source.key().clone(),
        source.value() == null ? null : source.value().clone(),
        source.headers());
  }

  private static Header label(String label) {
    return header(HeaderNames.LABEL, label);
  }

  private static Header json() {
    return header(HeaderNames.CONTENT_TYPE, "application/json");
  }

  private static Header header(String name, String value) {
    return header(name, utf8(value));
  }

  private static Header header(String name, byte[] value) {
    return new RecordHeader(name, value);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] png(int width, int height, long seed) {
    try {
      return encoded(picture(width, height, seed), "png");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BufferedImage picture(int width, int height, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, random.nextInt(0x1000000));
      }
    }
    return picture;
  }

  private static byte[] encoded(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(picture, format, bytes)) {
      throw new IllegalStateException("no writer for " + format);
    }
    return bytes.toByteArray();
  }

  /** A decompression bomb: a file of a few hundred bytes that announces 60,000 × 60,000 pixels. */
  private static byte[] bomb() {
    byte[] bomb = png(4, 4, 1);
    ByteBuffer file = ByteBuffer.wrap(bomb);
    file.putInt(16, 60_000);
    file.putInt(20, 60_000);
    CRC32 checksum = new CRC32();
    checksum.update(bomb, 12, IMAGE_HEADER_LENGTH - 4 - 12);
    file.putInt(IMAGE_HEADER_LENGTH - 4, (int) checksum.getValue());
    return bomb;
  }
}
