package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.quadstream.json.PrintableText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRecordParserTest {

  private static final byte[] IMAGE = {(byte) 0x89, 'P', 'N', 'G', 0, -1};
  private static final byte[] KEY = bytes("image-1");
  private static final byte[] NOT_UTF_8 = {'a', (byte) 0xC3, (byte) 0x28};
  private static final long TIMESTAMP = 1_700_000_000_000L;
  private static final CaptureTime CAPTURE_TIME = new CaptureTime(CaptureTime.USUALLY_AHEAD);
  private static final String BASE_64 = Base64.getEncoder().encodeToString(IMAGE);
  private static final String LONG_BASE_64 =
      Base64.getMimeEncoder().encodeToString(Arrays.copyOf(IMAGE, 100));

  private final ImageRecordParser parser =
      new ImageRecordParser(10_000, CAPTURE_TIME, ImageRecordParser.Unlabelled.DEAD_LETTER);

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
            "captured-at in quotes",
            KEY,
            IMAGE,
            List.of(label, header("capturedAt", "\"1234\"\n")),
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
            List.of(label, new RecordHeader("captured-at", new byte[] {0, 0, 1, 0, 0, 0, 0, 9})),
            "LongSerializer writes 1099511627785"),
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
        arguments(
            "captured-at-in-seconds",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "1700000000")),
            "1700000000000"),
        arguments(
            "captured-at-in-future",
            KEY,
            IMAGE,
            List.of(label, header("captured-at", "999999999999999")),
            "33658"),
        arguments("empty-image", KEY, new byte[0], List.of(label), "no bytes"),
        arguments(
            "empty-image",
            KEY,
            bytes("{\"label\":\"x\",\"image\":\"\"}"),
            List.of(json()),
            "no bytes"),
        rejectedEnvelope("{'label':'json','image':'%s'", "begins as JSON and is not"),
        rejectedEnvelope("{'label':'json','image':'%s'} {}", "begins as JSON and is not"),
        rejectedEnvelope("['%s']", "JSON array"),
        arguments("empty-image", KEY, new byte[0], List.of(json(), label), "no bytes"),
        rejectedEnvelope("{'label':'json','Bild':1}", "the fields 'label', 'Bild' and no 'image'"),
        rejectedEnvelope("{'label':'json','image':7}", "field 'image' is number"),
        rejectedEnvelope("{'label':['json'],'image':'%s'}", "field 'label' is array"),
        rejectedEnvelope("{'id':{},'label':'json','image':'%s'}", "field 'id' is object"),
        rejectedEnvelope("{'id':'','label':'json','image':'%s'}", "0 bytes"),
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
            "UTF-8"),
        // Numbers, UUIDs and Avro are told by name, whether their bytes happen to be UTF-8 or not.
        arguments(
            "malformed-key",
            new byte[] {0, 0, 0, 0, 0, 0, 0, 42},
            IMAGE,
            List.of(label),
            "LongSerializer writes 42"),
        arguments(
            "malformed-key",
            new byte[] {0, 0, 0, 0, 0, 0, 0, -56},
            null,
            List.of(),
            "LongSerializer writes 200"),
        arguments(
            "malformed-key",
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1},
            IMAGE,
            List.of(label),
            "LongSerializer writes -1"),
        arguments(
            "malformed-key",
            new byte[] {0, 0, 0, 7},
            IMAGE,
            List.of(label),
            "IntegerSerializer writes 7"),
        arguments(
            "malformed-key",
            new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
            IMAGE,
            List.of(label),
            "UUID 01020304-0506-0708-090a-0b0c0d0e0f10"),
        arguments(
            "malformed-key",
            new byte[] {0, 0, 0, 0, 17, 10, 'c', 'u', 'p', '-', '1'},
            IMAGE,
            List.of(label),
            "schema 17"),
        arguments("malformed-key", bytes("cup\n1"), IMAGE, List.of(label), "U+000A"),
        arguments("malformed-key", bytes("cup\u009b2J"), IMAGE, List.of(label), "U+009B"),
        arguments("malformed-key", bytes("{\"id\": \"\"}"), null, List.of(), "0 bytes"),
        arguments(
            "malformed-label",
            KEY,
            IMAGE,
            List.of(new RecordHeader("label", new byte[] {0, 0, 0, 7})),
            "IntegerSerializer writes 7"),
        arguments("malformed-label", KEY, IMAGE, List.of(header("label", "a\tb")), "U+0009"),
        arguments("overlong-label", KEY, IMAGE, List.of(header("label", "x".repeat(5000))), "5000"),
        arguments("missing-label", KEY, IMAGE, List.of(header("class", "cat")), "among 'class'"),
        arguments(
            "missing-label",
            KEY,
            IMAGE,
            List.of(header("label", "{\"schema\":{},\"payload\":null}")),
            "no header 'label'"),
        arguments(
            "missing-label", KEY, IMAGE, List.of(header("label", "null")), "no header 'label'"),
        arguments(
            "malformed-label", KEY, IMAGE, List.of(header("label", "{\"a\":1}")), "'{\"a\":1}'"),
        arguments(
            "malformed-label", KEY, IMAGE, List.of(header("label", "[\"cup\"]")), "'[\"cup\"]'"),
        rejectedEnvelope("{'id':'a\\u0000b','label':'json','image':'%s'}", "U+0000"),
        rejectedEnvelope(
            "{'label':'json','image':null}", "field 'image' is null. An image is removed"),
        rejectedEnvelope("{'label':'json','image':'/data/cup 1.jpg'}", "is a file's name"),
        rejectedEnvelope("C:\\photos\\cup.JPG", "is a file's name"),
        rejectedEnvelope("photos/cup.avif", "is a file's name"),
        arguments(
            "malformed-label",
            KEY,
            IMAGE,
            List.of(new RecordHeader("label", "cat".getBytes(UTF_16))),
            "as UTF-16 writes text"),
        rejectedEnvelope("{'label':'json','image':['iVBO']}", "field 'image' is array"),
        rejectedEnvelope("{'label':'json','image':{'0':137,'1':80}}", "field 'image' is object"),
        rejectedEnvelope("{'label':'json','image':[137,256]}", "number 2 is 256"),
        rejectedEnvelope("{'label':'json','image':[137,80,-1]}", "number 3 is -1"),
        rejectedEnvelope("{'label':'json','image':[1,-129]}", "number 2 is -129"),
        rejectedEnvelope("{'label':'json','image':[1,null]}", "number 2 is null"),
        rejectedEnvelope("{'label':'json','image':[1,80.5]}", "number 2 is 80.5"),
        rejectedEnvelope("{'label':'json','image':[1,1e99]}", "number 2 is 1.0E99"),
        rejectedEnvelope("{'label':'json','image':{'type':'Buffer'}}", "field 'image' is object"),
        rejectedEnvelope("{'label':'json','image':'data:image/svg+xml,<svg/>'}", "not base64"),
        rejectedEnvelope("{'label':'json','image':'iVBOR'}", "5 characters"),
        rejectedEnvelope("{'label':'json','image':'iVBO==iVBO'}", "after the '='"),
        rejectedEnvelope("{'op':'u','before':null,'after':null}", "op 'u'"));
  }

  static Stream<Arguments> dialects() {
    Header label = header("label", "cat");
    byte[] plain = envelope("{'id':'1','label':'cat','image':'%s'}");
    return Stream.of(
        arguments("no content-type", plain, List.of()),
        arguments(
            "content-type in capitals", plain, List.of(header("Content-Type", "application/json"))),
        arguments(
            "content-type in quotes",
            plain,
            List.of(header("content-type", "\"application/json\""))),
        arguments("contentType", plain, List.of(header("contentType", "application/json"))),
        arguments(
            "content-type of a vendor",
            plain,
            List.of(header("content-type", "application/vnd.kafka.json.v2+json"))),
        arguments("content-type of an image", plain, List.of(header("content-type", "image/png"))),
        arguments("JSON after a BOM", bytes("\uFEFF" + text(plain)), List.of()),
        arguments("JSON after blanks", bytes("\r\n\t " + text(plain)), List.of()),
        arguments("JSON in UTF-16", text(plain).getBytes(UTF_16), List.of()),
        arguments("JSON in UTF-16LE", text(plain).getBytes(UTF_16LE), List.of()),
        arguments(
            "JSON Schema of a registry", concat(new byte[] {0, 0, 0, 0, 7}, plain), List.of()),
        arguments("bytes that a framework calls JSON", IMAGE, List.of(json(), label)),
        arguments("image as a JSON string", bytes('"' + BASE_64 + '"'), List.of(label)),
        arguments("image as numbers", bytes("[137,80,78,71,0,255]"), List.of(label)),
        arguments(
            "image as signed numbers",
            bytes("{\"label\":\"cat\",\"image\":[-119,80,78,71,0,-1]}"),
            List.of()),
        arguments(
            "image as Node.js writes a Buffer",
            bytes(
                "{\"label\":\"cat\",\"image\":{\"type\":\"Buffer\",\"data\":[137,80,78,71,0,255]}}"),
            List.of()),
        arguments(
            "a Buffer alone",
            bytes("{\"type\":\"Buffer\",\"data\":[137,80,78,71,0,255]}"),
            List.of(label)),
        arguments("image as text", bytes(LONG_BASE_64), List.of(label)),
        arguments("image as a data URL", bytes("data:image/png;base64," + BASE_64), List.of(label)),
        arguments("Label", IMAGE, List.of(header("Label", "cat"))),
        arguments("label in quotes", IMAGE, List.of(header("label", "\"cat\""))),
        arguments(
            "label of Connect",
            IMAGE,
            List.of(header("label", "{\"schema\":{\"type\":\"string\"},\"payload\":\"cat\"}"))),
        arguments(
            "envelope's label in quotes",
            envelope("{'id':'1','label':'\\'cat\\'','image':'%s'}"),
            List.of()),
        arguments("label with a line feed", IMAGE, List.of(header("label", "cat\n"))),
        arguments(
            "label between no-break spaces", IMAGE, List.of(header("label", "\u00a0cat\u00a0"))),
        arguments("label after a BOM", IMAGE, List.of(header("label", "\uFEFFcat"))),
        arguments(
            "a label header without a value after it",
            IMAGE,
            List.of(label, new RecordHeader("label", (byte[]) null))),
        arguments(
            "envelope's label between blanks",
            envelope("{'id':'1','label':' cat\\n','image':'%s'}"),
            List.of()),
        arguments(
            "names in capitals",
            envelope("{'ID':'1','LABEL':'cat','IMAGE':'%s','__deleted':'false'}"),
            List.of()),
        arguments("image as Python prints bytes", bytes("b'" + BASE_64 + "'"), List.of(label)),
        arguments(
            "Kafka Connect",
            envelope("{'schema':{'type':'struct'},'payload':{'id':1,'label':'cat','image':'%s'}}"),
            List.of()),
        arguments(
            "Debezium",
            envelope(
                "{'before':null,'after':{'id':1,'label':'cat','image':'%s'},'source':{},'op':'c'}"),
            List.of()),
        arguments(
            "Debezium within Connect",
            envelope(
                "{'schema':{},'payload':{'after':{'id':1,'label':'cat','image':'%s'},'op':'u'}}"),
            List.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dialects")
  void readsTheDialectsOfOtherProducers(String dialect, byte[] value, List<Header> headers) {
    assertThat(parser.parse(record(bytes("1"), value, headers)))
        .isInstanceOfSatisfying(
            ImageReceived.class,
            received -> {
              assertThat(received.id()).isEqualTo("1");
              assertThat(received.label()).isEqualTo("cat");
              assertThat(received.encoded()).startsWith(IMAGE);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "7.0, 7",
    "-3, -3",
    "0.5, 0.5",
    "true, true",
    "12345678901234567890, 12345678901234567890",
    "'\"7\"', 7"
  })
  void aNumberIsTheLabelAndIdThatItReads(String json, String expected) {
    byte[] value = envelope("{'id':%1,'label':%1,'image':'%s'}".replace("%1", json));
    assertThat(parser.parse(record(null, value, List.of())))
        .usingRecursiveComparison()
        .isEqualTo(image(expected, expected, TIMESTAMP));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':1,'label':'cat','image':'s3://bucket/cat 1.png'}",
        "s3://bucket/cat 1.png",
        "\n s3://bucket/cat 1.png\n"
      })
  void anAddressStandsForTheImageThere(String value) {
    assertThat(parser.parse(record(bytes("1"), envelope(value), List.of(header("label", "cat")))))
        .isEqualTo(new ImageReferenced("1", "cat", TIMESTAMP, "s3://bucket/cat 1.png"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:/photos/cat.png", "file:///photos/cat.png"})
  void anAddressOfAFileHasOneSpelling(String address) {
    assertThat(parser.parse(record(bytes("1"), bytes(address), List.of(header("label", "cat")))))
        .isEqualTo(new ImageReferenced("1", "cat", TIMESTAMP, "file:///photos/cat.png"));
  }

  @Test
  void oneClassHasOneSpelling() {
    assertThat(parser.parse(record(KEY, IMAGE, List.of(header("label", "cafe\u0301")))))
        .usingRecursiveComparison()
        .isEqualTo(image("image-1", "caf\u00e9", TIMESTAMP));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "42",
        " 42\n",
        "\uFEFF42",
        "{\"id\":\" 42 \"}",
        "\"42\"",
        "{\"id\":42}",
        "{\"id\": \"42\"}",
        "{\"image_no\":42}",
        "{\"id\":42,\"shop\":1}",
        "{\"ID\":42,\"SHOP\":1}",
        "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"id\":42}}",
        "{\"schema\":{\"type\":\"int64\"},\"payload\":42}"
      })
  void aTombstoneFindsTheImageOfItsRow(String key) {
    assertThat(parser.parse(record(bytes(key), null, List.of()))).isEqualTo(new ImageRemoved("42"));
    assertThat(parser.parse(record(bytes(key), IMAGE, List.of(header("label", "cat")))))
        .usingRecursiveComparison()
        .isEqualTo(image("42", "cat", TIMESTAMP));
  }

  @Test
  void aKeyOfSeveralColumnsIsItsJson() {
    String row = "{\"shop\":1,\"sku\":\"a\"}";
    assertThat(
            parser.parse(
                record(
                    bytes("{\"schema\":{},\"payload\": {\"shop\": 1, \"sku\": \"a\"}}"),
                    null,
                    List.of())))
        .isEqualTo(new ImageRemoved(row));
    assertThat(parser.parse(record(bytes(row), null, List.of()))).isEqualTo(new ImageRemoved(row));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'before':{'id':42},'after':null,'op':'d'}",
        "{'schema':{},'payload':{'before':{'id':42,'label':'cat'},'after':null,'op':'d'}}",
        "{'schema':null,'payload':null}",
        "{'id':42,'__deleted':'true'}",
        "{'ID':42,'__deleted':'true'}"
      })
  void aDeletedRowIsARemoval(String value) {
    assertThat(parser.parse(record(bytes("{\"id\":42}"), envelope(value), List.of())))
        .isEqualTo(new ImageRemoved("42"));
  }

  @Test
  void everyReasonSaysWhatWasExpectedAndNothingThatATerminalObeys() {
    Stream.concat(
            rejected()
                .map(Arguments::get)
                .map(a -> record((byte[]) a[1], (byte[]) a[2], headers(a[3]))),
            Stream.of(
                record(KEY, envelope("{'a\u009b31m':'\u202e'}"), List.of()),
                record(KEY, IMAGE, List.of(header("\u009b31m\u202e", "x"))),
                record(
                    KEY, IMAGE, List.of(header("label", "x"), header("captured-at", "\u009b31m")))))
        .map(parser::parse)
        .forEach(
            parsed ->
                assertThat(((RejectedRecord) parsed).message())
                    .matches(message -> message.codePoints().allMatch(PrintableText::isPrintable))
                    .containsPattern("[Ee]xpected|example|allows"));
  }

  @SuppressWarnings("unchecked")
  private static List<Header> headers(Object argument) {
    return (List<Header>) argument;
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
    int size = KEY.length + IMAGE.length + 100 + "label".length() + "cat".length();
    assertThat(
            new ImageRecordParser(size, CAPTURE_TIME, ImageRecordParser.Unlabelled.DEAD_LETTER)
                .parse(record(KEY, IMAGE, headers)))
        .isInstanceOf(ImageReceived.class);
    assertThat(
            new ImageRecordParser(size - 1, CAPTURE_TIME, ImageRecordParser.Unlabelled.DEAD_LETTER)
                .parse(record(KEY, IMAGE, headers)))
        .isInstanceOf(RejectedRecord.class);
  }

  @Test
  void countsHeadersThatAreNothingButHeaders() {
    List<Header> headers = Collections.nCopies(101, new RecordHeader("", (byte[]) null));
    assertThat(parser.parse(record(KEY, IMAGE, headers)))
        .isInstanceOfSatisfying(
            RejectedRecord.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(RejectionReason.TOO_LARGE));
  }

  @Test
  void readsEnvelopesLargerThanTheJsonLibrarysOwnLimit() {
    byte[] image = new byte[20 << 20];
    byte[] json =
        bytes("{\"label\":\"x\",\"image\":\"" + Base64.getEncoder().encodeToString(image) + "\"}");
    assertThat(
            new ImageRecordParser(64 << 20, CAPTURE_TIME, ImageRecordParser.Unlabelled.DEAD_LETTER)
                .parse(record(KEY, json, List.of(json()))))
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
    assertThatThrownBy(
            () ->
                new ImageRecordParser(
                    limit, CAPTURE_TIME, ImageRecordParser.Unlabelled.DEAD_LETTER))
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

  private static String text(byte[] utf8) {
    return new String(utf8, UTF_8);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
