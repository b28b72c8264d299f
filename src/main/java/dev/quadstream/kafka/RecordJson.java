package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** JSON of any producer: told by its content, freed of what converters wrap around it. */
final class RecordJson {

  private static final String SCHEMA = "schema";
  private static final String PAYLOAD = "payload";

  private final ObjectReader reader;

  RecordJson(int maxRecordBytes) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxStringLength(maxRecordBytes).build())
            .build();
    this.reader =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);
  }

  /**
   * Where JSON begins in the bytes, or −1: an object, an array or a string, in UTF-8, UTF-16 or
   * UTF-32, after a byte order mark, blanks or a schema registry's header. No image begins so.
   */
  static int startOf(byte[] value) {
    if (ForeignBytes.hasRegistryHeader(value) && value[ForeignBytes.REGISTRY_HEADER_BYTES] == '{') {
      return ForeignBytes.REGISTRY_HEADER_BYTES;
    }
    for (byte next : value) {
      switch (next) {
        case '{', '[', '"' -> {
          return 0;
        }
        case ' ',
            '\t',
            '\n',
            '\r',
            0,
            (byte) 0xEF,
            (byte) 0xBB,
            (byte) 0xBF,
            (byte) 0xFE,
            (byte) 0xFF -> {
          // A byte order mark, a blank, or the other half of one in UTF-16.
        }
        default -> {
          return -1;
        }
      }
    }
    return -1;
  }

  /**
   * Reads one JSON value and nothing after it.
   *
   * @throws RejectedRecordException with the position of what is not JSON
   */
  JsonNode read(byte[] value, int start) throws RejectedRecordException {
    try {
      return payload(reader.readTree(value, start, value.length - start));
    } catch (JsonProcessingException e) {
      throw malformed(
          "The value begins as JSON and is not: %s (line %d, column %d)."
              .formatted(
                  Excerpt.sentence(e.getOriginalMessage()),
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr()));
    } catch (IOException e) {
      throw malformed(
          "The value begins as JSON and is no text: " + Excerpt.sentence(e.getMessage()) + ".");
    }
  }

  /** The JSON value that the text is, if it is an object, an array, null or a string in quotes. */
  Optional<JsonNode> find(String text) {
    if (!text.equals("null") && (text.isEmpty() || "{[\"".indexOf(text.charAt(0)) < 0)) {
      return Optional.empty();
    }
    try {
      return Optional.of(payload(reader.readTree(text.getBytes(UTF_8))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Kafka Connect's JsonConverter wraps what it writes into {@code {schema, payload}}. */
  private static JsonNode payload(JsonNode node) {
    return node.size() == 2 && node.has(SCHEMA) && node.has(PAYLOAD) ? node.get(PAYLOAD) : node;
  }

  /** Whether it is a change of a table's row, as Debezium writes it: op is c, r, u or d. */
  static boolean isChange(JsonNode json) {
    return json.has("op") && (json.has("before") || json.has("after"));
  }

  /** Whether it says that a row is gone. */
  static boolean isRemoval(JsonNode json) {
    // So Debezium's ExtractNewRecordState marks a row that is gone, if told to rewrite deletes.
    return isChange(json)
        ? "d".equals(json.path("op").asText())
        : "true".equals(json.path("__deleted").asText());
  }

  /**
   * The field of that name, else the one whose name differs in case, '-' and '_' alone: some
   * databases write all names of a row in capitals.
   */
  static JsonNode field(JsonNode row, String name) {
    if (row.has(name)) {
      return row.get(name);
    }
    for (Map.Entry<String, JsonNode> field : row.properties()) {
      if (SourceRecord.folded(field.getKey()).equals(name)) {
        return field.getValue();
      }
    }
    return MissingNode.getInstance();
  }

  /**
   * A string, number or boolean as text. A number without a fraction is written without one, so
   * that 7 and 7.0 are one class.
   */
  static Optional<String> scalar(JsonNode node) {
    if (node.isFloatingPointNumber()) {
      double number = node.doubleValue();
      return number == Math.rint(number) && Math.abs(number) < 1L << 53
          ? Optional.of(Long.toString((long) number))
          : Optional.of(node.asText()).filter(text -> Double.isFinite(number));
    }
    return node.isValueNode() && !node.isNull() ? Optional.of(node.asText()) : Optional.empty();
  }

  private static RejectedRecordException malformed(String message) {
    return new RejectedRecordException(
        RejectionReason.MALFORMED_ENVELOPE, message + " " + ImageEnvelopeReader.EXAMPLE);
  }
}
