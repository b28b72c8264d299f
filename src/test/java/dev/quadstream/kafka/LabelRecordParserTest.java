package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.FieldLimits;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelRecordParserTest {

  private final LabelRecordParser parser = new LabelRecordParser();

  @ParameterizedTest
  @CsvSource({
    "cup-17, cup, cup-17, cup",
    "' cup-17 ', ' cup ', cup-17, cup",
    "'\"cup-17\"', '\"cup\"', cup-17, cup",
    "'{\"id\": 42}', 7, 42, 7",
    "7, '{\"schema\":{\"type\":\"int32\"},\"payload\":7}', 7, 7",
    "7, '{\"schema\":{\"type\":\"double\"},\"payload\":7.0}', 7, 7",
    "42, '{\"id\":42,\"label\":\"cup\"}', 42, cup",
    "42, '{\"schema\":{},\"payload\":{\"ID\":42,\"LABEL\":3}}', 42, 3",
    "42, '{\"before\":null,\"after\":{\"id\":42,\"label\":\"cup\"},\"op\":\"c\"}', 42, cup",
    "a, {cup}, a, {cup}",
    "a, [cup, a, [cup",
    "a, '\"null\"', a, null",
    "null, '[cup]', null, '[cup]'",
    "'[\"a\", 7]', cup, '[\"a\", 7]', cup",
    "猫/1, 猫, 猫/1, 猫"
  })
  void idAndLabelAreReadAsOnTheTopicOfImages(String key, String value, String id, String label) {
    assertThat(parser.parse(record(bytes(key), bytes(value))))
        .isEqualTo(new LabelReceived(id, label));
  }

  /** One class has one spelling, whichever topic says it: here an e and an accent. */
  @Test
  void aLabelIsBroughtToOneSpelling() {
    assertThat(parser.parse(record(bytes("a"), bytes("cafe\u0301"))))
        .isEqualTo(new LabelReceived("a", "caf\u00e9"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "null",
        " null\n",
        "{\"schema\":{\"type\":\"int32\",\"optional\":true},\"payload\":null}",
        "{\"id\":42,\"label\":null}",
        "{\"id\":42,\"label\":\"cup\",\"__deleted\":\"true\"}",
        "{\"before\":{\"id\":42,\"label\":\"cup\"},\"after\":null,\"op\":\"d\"}"
      })
  void noValueWithdraws(String value) {
    ParsedLabel parsed = parser.parse(record(bytes("a"), value == null ? null : bytes(value)));
    assertThat(parsed).isEqualTo(new LabelReceived("a", null));
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        Arguments.of("missing-key", null, bytes("cup")),
        Arguments.of("missing-key", null, null),
        Arguments.of("malformed-key", new byte[] {(byte) 0xC3, 0x28}, bytes("cup")),
        Arguments.of("malformed-key", new byte[0], bytes("cup")),
        Arguments.of("malformed-key", bytes("x".repeat(1_025)), null),
        Arguments.of("malformed-label", bytes("a"), new byte[] {(byte) 0xC3, 0x28}),
        Arguments.of("malformed-label", bytes("a"), new byte[] {0, 0, 0, 7}),
        Arguments.of("malformed-label", bytes("a"), bytes("{\"class\":\"cup\"}")),
        Arguments.of("malformed-label", bytes("a"), bytes("{\"label\":[\"cup\"]}")),
        Arguments.of("malformed-label", bytes("a"), bytes("[\"cup\"]")),
        Arguments.of("malformed-label", bytes("a"), bytes("[]")),
        Arguments.of("malformed-label", bytes("a"), bytes("{\"schema\":{},\"payload\":[7]}")),
        Arguments.of("malformed-label", bytes("a"), bytes("{\"op\":\"u\",\"after\":null}")),
        Arguments.of("blank-label", bytes("a"), new byte[0]),
        Arguments.of("blank-label", bytes("a"), bytes(" \t")),
        Arguments.of("overlong-label", bytes("a"), bytes("猫".repeat(86))),
        Arguments.of("overlong-label", bytes("a"), bytes("x".repeat(60_000))),
        Arguments.of("too-large", bytes("a"), new byte[70_000]));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void whatIsNoLabelIsRejectedWithItsReason(String reason, byte[] key, byte[] value) {
    RejectedRecord rejected = (RejectedRecord) parser.parse(record(key, value));
    assertThat(rejected.reason().code()).isEqualTo(reason);
    assertThat(rejected.message()).isNotBlank().endsWith(".");
  }

  @Test
  void whateverItIsItIsALabelWithinItsLimitsOrRejected() {
    SplittableRandom random = new SplittableRandom(17);
    byte[][] seeds = {
      bytes("cup-17"), bytes("{\"id\": {\"id\": [7]}}"), bytes("\"\u0000\uFEFF猫\""), new byte[40]
    };
    int labels = 0;
    for (int i = 0; i < 20_000; i++) {
      ParsedLabel parsed = parser.parse(record(mutated(seeds, random), mutated(seeds, random)));
      if (parsed instanceof LabelReceived received) {
        labels++;
        assertThat(bytes(received.id())).hasSizeBetween(1, FieldLimits.MAX_ID_BYTES);
        if (received.label() != null) {
          assertThat(bytes(received.label())).hasSizeBetween(1, FieldLimits.MAX_LABEL_BYTES);
        }
      }
    }
    assertThat(labels).isBetween(1_000, 19_000);
  }

  private static byte[] mutated(byte[][] seeds, SplittableRandom random) {
    byte[] bytes = seeds[random.nextInt(seeds.length)].clone();
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(50) == 0 ? null : Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  private static SourceRecord record(byte[] key, byte[] value) {
    return new SourceRecord("labels", 0, 7, 1, key, value, List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
