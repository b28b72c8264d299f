package dev.quadstream.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.TextEnds;
import java.text.Normalizer;
import java.util.List;

/** Reads labels, so that one class has one spelling: no blanks around it, and Unicode's NFC. */
final class ImageLabels {

  private static final String EXPECTED =
      "Expected is UTF-8 text of 1 to %d bytes, such as 'cup'."
          .formatted(ImageRecordParser.MAX_LABEL_BYTES);
  private static final String HEADER = "The header 'label'";
  private static final String FIELD = "The field 'label'";
  private static final String VALUE = "The value, which is the image's label,";
  private static final int SHOWN_HEADERS = 10;

  private final RecordJson json;

  ImageLabels(RecordJson json) {
    this.json = json;
  }

  /** The label of a record's header. */
  String ofHeader(SourceRecord source) throws RejectedRecordException {
    byte[] header = source.header(HeaderNames.LABEL);
    if (header == null) {
      throw new RejectedRecordException(
          RejectionReason.MISSING_LABEL,
          "The record has no header 'label'%s. %s".formatted(headersOf(source), EXPECTED));
    }
    return ofText(header, HEADER);
  }

  /** The label that is a record's whole value. */
  String ofValue(byte[] value) throws RejectedRecordException {
    return ofText(value, VALUE);
  }

  private String ofText(byte[] bytes, String what) throws RejectedRecordException {
    try {
      return checked(unquoted(FieldText.decode(bytes)), what);
    } catch (IllegalArgumentException e) {
      throw malformed(what, e);
    }
  }

  /** Returns the envelope's label in its one spelling. */
  String ofEnvelope(String label) throws RejectedRecordException {
    try {
      return checked(unquoted(label), FIELD);
    } catch (IllegalArgumentException e) {
      throw malformed(FIELD, e);
    }
  }

  /** Some clients write text as JSON once more. */
  private String unquoted(String label) {
    String text = TextEnds.strip(label);
    return json.find(text).filter(JsonNode::isTextual).map(JsonNode::textValue).orElse(text);
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
    if (length > ImageRecordParser.MAX_LABEL_BYTES) {
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
