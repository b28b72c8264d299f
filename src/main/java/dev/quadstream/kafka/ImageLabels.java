package dev.quadstream.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.FieldLimits;
import dev.quadstream.json.TextEnds;
import java.text.Normalizer;
import java.util.List;
import java.util.Optional;

/** Reads labels, so that one class has one spelling: no blanks around it, and Unicode's NFC. */
final class ImageLabels {

  private static final String EXPECTED =
      "Expected is UTF-8 text of 1 to %d bytes, such as 'cup'."
          .formatted(FieldLimits.MAX_LABEL_BYTES);
  private static final String HEADER = "The header 'label'";
  private static final String FIELD = "The field 'label'";
  private static final String VALUE = "The value, which is the image's label,";
  private static final int SHOWN_HEADERS = 10;

  private final RecordJson json;

  ImageLabels(RecordJson json) {
    this.json = json;
  }

  /** The label of a record's header; nothing where there is none, or null in JSON. */
  Optional<String> ofHeader(SourceRecord source) throws RejectedRecordException {
    byte[] header = source.header(HeaderNames.LABEL);
    return header == null ? Optional.empty() : ofBytes(header, HEADER);
  }

  /** The label that is a record's whole value; nothing where it withdraws what was said. */
  Optional<String> ofValue(byte[] value) throws RejectedRecordException {
    return ofBytes(value, VALUE);
  }

  /** Returns the envelope's label in its one spelling; nothing where it is null in JSON. */
  Optional<String> ofEnvelope(String label) throws RejectedRecordException {
    try {
      return ofText(label, FIELD);
    } catch (IllegalArgumentException e) {
      throw malformed(FIELD, e);
    }
  }

  /** Says that a record has none. */
  static RejectedRecordException missing(SourceRecord source) {
    return new RejectedRecordException(
        RejectionReason.MISSING_LABEL,
        "The record has no header 'label'%s. %s".formatted(headersOf(source), EXPECTED));
  }

  private Optional<String> ofBytes(byte[] bytes, String what) throws RejectedRecordException {
    try {
      return ofText(FieldText.decode(bytes), what);
    } catch (IllegalArgumentException e) {
      throw malformed(what, e);
    }
  }

  /** Some clients write text as JSON once more, and Kafka Connect numbers and rows. */
  private Optional<String> ofText(String label, String what) throws RejectedRecordException {
    String text = TextEnds.strip(label);
    Optional<JsonNode> found = json.find(text);
    if (found.isEmpty()) {
      return Optional.of(checked(text, what));
    }
    JsonNode row = found.get();
    if (RecordJson.isRemoval(row)) {
      return Optional.empty();
    }
    JsonNode fields = RecordJson.isChange(row) ? row.path("after") : row;
    JsonNode value = row.isObject() ? RecordJson.field(fields, "label") : row;
    if (value.isNull()) {
      return Optional.empty();
    }
    String scalar =
        RecordJson.scalar(value)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "is JSON without text or a number as its 'label': '%s'"
                            .formatted(Excerpt.start(text))));
    return Optional.of(checked(scalar, what));
  }

  private static String checked(String label, String what) throws RejectedRecordException {
    String stripped = TextEnds.strip(label);
    if (stripped.isEmpty()) {
      throw new RejectedRecordException(
          RejectionReason.BLANK_LABEL, "%s is empty or white space. %s".formatted(what, EXPECTED));
    }
    // Before the rest, whose work grows with the length.
    requireLength(stripped.length(), what);
    String text = Normalizer.normalize(stripped, Normalizer.Form.NFC);
    requireLength(FieldText.check(text), what);
    return text;
  }

  private static void requireLength(int length, String what) throws RejectedRecordException {
    if (length > FieldLimits.MAX_LABEL_BYTES) {
      throw new RejectedRecordException(
          RejectionReason.OVERLONG_LABEL, "%s has %d bytes. %s".formatted(what, length, EXPECTED));
    }
  }

  private static String headersOf(SourceRecord source) {
    List<String> names =
        source.headers().stream()
            .limit(SHOWN_HEADERS)
            .map(header -> "'" + Excerpt.start(header.key()) + "'")
            .toList();
    return names.isEmpty() ? " and no other" : " among " + String.join(", ", names);
  }

  private static RejectedRecordException malformed(String what, IllegalArgumentException failure) {
    return new RejectedRecordException(
        RejectionReason.MALFORMED_LABEL,
        "%s %s. %s".formatted(what, failure.getMessage(), EXPECTED));
  }
}
