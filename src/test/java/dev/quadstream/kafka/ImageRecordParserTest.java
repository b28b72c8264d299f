package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRecordParserTest {

  private static final byte[] IMAGE = {(byte) 0x89, 'P', 'N', 'G', 0, -1};
  private static final byte[] KEY = bytes("image-1");
  private static final byte[] NOT_UTF_8 = {'a', (byte) 0xC3, (byte) 0x28};
  private static final long TIMESTAMP = 1_700_000_000_000L;
  private static final String BASE_64 = Base64.getEncoder().encodeToString(IMAGE);

  private final ImageRecordParser parser = new ImageRecordParser(10_000);

  static Stream<Arguments> accepted() {
    Header label = header("label", "cat");
    return Stream.of(
        arguments("key and label", KEY, IMAGE, List.of(label), image("image-1", "cat", TIMESTAMP)),
        arguments("no key", null, IMAGE, List.of(label), image("images-3-42", "cat", TIMESTAMP)),
        arguments(
            "last label wins",
            KEY,
            IMAGE,
            List.of(header("label", "dog"), label),
            image("image-1", "cat", TIMESTAMP)),
        arguments(
            "256 bytes of label",
            KEY,
            IMAGE,
            List.of(header("label", "ö".repeat(128))),
            image("image-1", "ö".repeat(128), TIMESTAMP)),
        arguments(
            "captured-at header",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "1234")),
            image("image-1", "cat", 1234)),
        arguments(
            "last captured-at wins",
            KEY,
            IMAGE,
            List.of(header("captured-at", "x"), header("captured-at", "0"), label),
            image("image-1", "cat", 0)),
        arguments(
            "unknown headers",
            KEY,
            IMAGE,
            List.of(label, header("trace", "1"), header("content-type", "image/png")),
            image("image-1", "cat", TIMESTAMP)),
        arguments("tombstone", KEY, null, List.of(), new ImageRemoved("image-1")),
        arguments(
            "envelope",
            KEY,
            envelope("{'id':'from-json','label':'json','image':'%s','new':[1]}"),
            List.of(json(), label),
            image("from-json", "json", TIMESTAMP)),
        arguments(
            "envelope without id",
            KEY,
            envelope("{'label':'json','image':'%s'}"),
            List.of(json()),
            image("image-1", "json", TIMESTAMP)),
        arguments(
            "envelope without id and key",
            null,
            envelope("{'id':null,'label':'json','image':'%s'}"),
            List.of(json()),
            image("images-3-42", "json", TIMESTAMP)),
        arguments(
            "envelope with its label in the header",
            KEY,
            envelope("{'label':null,'image':'%s'}"),
            List.of(json(), label),
            image("image-1", "cat", TIMESTAMP)),
        arguments(
            "envelope beside a broken header label",
            KEY,
            envelope("{'label':'json','image':'%s'}"),
            List.of(new RecordHeader("label", NOT_UTF_8), json()),
            image("image-1", "json", TIMESTAMP)),
        arguments(
            "media type with parameters",
            KEY,
            envelope("{'label':'json','image':'%s'}"),
            List.of(header("content-type", "Application/JSON; charset=utf-8")),
            image("image-1", "json", TIMESTAMP)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void acceptsWhatTheContractAllows(
      String rule, byte[] key, byte[] value, List<Header> headers, ParsedRecord expected) {
    assertThat(parser.parse(record(key, value, headers)))
        .usingRecursiveComparison()
        .isEqualTo(expected);
  }

  static Stream<Arguments> rejected() {
    Header label = header("label", "cat");
    return Stream.of(
        arguments("too-large", KEY, new byte[10_001], List.of(label), "10000"),
        arguments("too-large", KEY, IMAGE, List.of(header("any", "x".repeat(10_001))), "10000"),
        arguments("missing-key", null, null, List.of(label), "no key"),
        arguments("malformed-key", NOT_UTF_8, IMAGE, List.of(label), "UTF-8"),
        arguments("malformed-key", NOT_UTF_8, null, List.of(label), "UTF-8"),
        arguments("malformed-key", new byte[0], IMAGE, List.of(label), "0 bytes"),
        arguments("malformed-key", bytes("k".repeat(1025)), IMAGE, List.of(label), "1025"),
        arguments("missing-label", KEY, IMAGE, List.of(), "'label'"),
        arguments(
            "missing-label",
            KEY,
            IMAGE,
            List.of(new RecordHeader("label", (byte[]) null)),
            "'label'"),
        arguments(
            "missing-label",
            KEY,
            IMAGE,
            List.of(label, new RecordHeader("label", (byte[]) null)),
            "'label'"),
        arguments(
            "malformed-label", KEY, IMAGE, List.of(new RecordHeader("label", NOT_UTF_8)), "UTF-8"),
        arguments("blank-label", KEY, IMAGE, List.of(header("label", "")), "empty"),
        arguments("blank-label", KEY, IMAGE, List.of(header("label", " \t ")), "white space"),
        arguments(
            "overlong-label", KEY, IMAGE, List.of(header("label", "ö".repeat(128) + "x")), "257"),
        arguments(
            "malformed-captured-at",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "soon")),
            "'soon'"),
        arguments(
            "malformed-captured-at", KEY, IMAGE, List.of(label, header("captured-at", "")), "''"),
        arguments(
            "malformed-captured-at",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "-1")),
            "'-1'"),
        arguments(
            "malformed-captured-at",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "9223372036854775807")),
            "15"),
        arguments(
            "malformed-captured-at",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "١٢")),
            "decimal"),
        arguments("empty-image", KEY, new byte[0], List.of(label), "no bytes"),
        arguments(
            "empty-image",
            KEY,
            bytes("{\"label\":\"x\",\"image\":\"\"}"),
            List.of(json()),
            "no bytes"),
        rejectedEnvelope("{'label':'json','image':'%s'", "not JSON"),
        rejectedEnvelope("{'label':'json','image':'%s'} {}", "not JSON"),
        rejectedEnvelope("['%s']", "not a JSON object"),
        rejectedEnvelope("", "not a JSON object"),
        rejectedEnvelope("{'label':'json'}", "no 'image'"),
        rejectedEnvelope("{'label':'json','image':7}", "'image' field is number"),
        rejectedEnvelope("{'label':['json'],'image':'%s'}", "'label' field is array"),
        rejectedEnvelope("{'id':{},'label':'json','image':'%s'}", "'id' field is object"),
        rejectedEnvelope("{'id':'','label':'json','image':'%s'}", "id ''"),
        rejectedEnvelope("{'id':'\\ud800','label':'json','image':'%s'}", "surrogate"),
        rejectedEnvelope("{'label':'json','image':'***'}", "not base64"),
        arguments("missing-label", KEY, envelope("{'image':'%s'}"), List.of(json()), "'label'"),
        arguments(
            "blank-label",
            KEY,
            envelope("{'label':' ','image':'%s'}"),
            List.of(json(), label),
            "empty"),
        arguments(
            "overlong-label",
            KEY,
            envelope("{'label':'" + "x".repeat(257) + "','image':'%s'}"),
            List.of(json()),
            "257"),
        arguments(
            "malformed-key",
            NOT_UTF_8,
            envelope("{'id':'1','label':'json','image':'%s'}"),
            List.of(json()),
            "UTF-8"));
  }

  private static Arguments rejectedEnvelope(String template, String message) {
    return arguments("malformed-envelope", KEY, envelope(template), List.of(json()), message);
  }

  @ParameterizedTest(name = "{0}: {4}")
  @MethodSource("rejected")
  void rejectsTheRestWithItsReason(
      String code, byte[] key, byte[] value, List<Header> headers, String message) {
    assertThat(parser.parse(record(key, value, headers)))
        .isInstanceOfSatisfying(
            RejectedRecord.class,
            rejected -> {
              assertThat(rejected.reason().code()).isEqualTo(code);
              assertThat(rejected.message()).contains(message);
            });
  }

  @Test
  void measuresKeyValueAndHeadersTogether() {
    List<Header> headers = List.of(header("label", "cat"));
    int size = KEY.length + IMAGE.length + "label".length() + "cat".length();
    assertThat(new ImageRecordParser(size).parse(record(KEY, IMAGE, headers)))
        .isInstanceOf(ImageReceived.class);
    assertThat(new ImageRecordParser(size - 1).parse(record(KEY, IMAGE, headers)))
        .isInstanceOf(RejectedRecord.class);
  }

  @Test
  void readsEnvelopesLargerThanTheJsonLibrarysOwnLimit() {
    byte[] image = new byte[20 << 20];
    byte[] json =
        bytes("{\"label\":\"x\",\"image\":\"" + Base64.getEncoder().encodeToString(image) + "\"}");
    assertThat(new ImageRecordParser(64 << 20).parse(record(KEY, json, List.of(json()))))
        .isInstanceOfSatisfying(
            ImageReceived.class, received -> assertThat(received.encoded()).isEqualTo(image));
  }

  @Test
  void neverThrowsWhateverTheBytes() {
    Random random = new Random(7);
    byte[] valid = envelope("{'id':'1','label':'json','image':'%s'}");
    for (int round = 0; round < 2000; round++) {
      byte[] broken = valid.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
      }
      assertThat(parser.parse(record(KEY, broken, List.of(json())))).isNotNull();
    }
  }

  @Test
  void rejectsDeeplyNestedEnvelopes() {
    byte[] nested = bytes("{\"a\":" + "[".repeat(4000) + "]".repeat(4000) + "}");
    assertThat(parser.parse(record(KEY, nested, List.of(json()))))
        .isInstanceOfSatisfying(
            RejectedRecord.class,
            rejected ->
                assertThat(rejected.reason()).isEqualTo(RejectionReason.MALFORMED_ENVELOPE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void refusesALimitThatAllowsNothing(int limit) {
    assertThatThrownBy(() -> new ImageRecordParser(limit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(limit));
  }

  private static ImageReceived image(String id, String label, long capturedAt) {
    return new ImageReceived(id, label, capturedAt, IMAGE);
  }

  private static SourceRecord record(byte[] key, byte[] value, List<Header> headers) {
    return new SourceRecord("images", 3, 42, TIMESTAMP, key, value, new ArrayList<>(headers));
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, bytes(value));
  }

  private static Header json() {
    return header("content-type", "application/json");
  }

  private static byte[] envelope(String template) {
    return bytes(template.replace('\'', '"').replace("%s", BASE_64));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
