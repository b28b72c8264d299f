package dev.quadstream.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads {@code {"id", "label", "image"}}, also as Kafka Connect and Debezium write a row; other
 * fields are ignored. A JSON string is the image alone, and so is an array of bytes.
 */
final class ImageEnvelopeReader {

  static final String EXAMPLE =
      "An example: {\"id\": \"cup-17\", \"label\": \"cup\", \"image\": \"iVBORw0KGgo…\"}.";
  private static final String ID = "id";
  private static final String IMAGE = "image";
  private static final int SHOWN_FIELDS = 10;

  private ImageEnvelopeReader() {}

  static ImageEnvelope read(JsonNode json) throws RejectedRecordException {
    if (json.isNull()) {
      return ImageEnvelope.removal(Optional.empty());
    }
    boolean isBytes = JsonBytes.find(json).isPresent();
    if (isBytes || json.isTextual()) {
      return new ImageEnvelope(
          Optional.empty(),
          Optional.empty(),
          Optional.of(image(isBytes ? "The value" : "The JSON string", json)));
    }
    if (!json.isObject()) {
      throw malformed(
          "The value is a JSON %s, where an object is expected.".formatted(typeOf(json)));
    }
    return RecordJson.isChange(json) ? change(json) : row(json);
  }

  /** The id alone, whatever else is there. */
  static Optional<String> id(JsonNode json) throws RejectedRecordException {
    if (!RecordJson.isChange(json)) {
      return text(json, ID);
    }
    return text(json.path(RecordJson.isRemoval(json) ? "before" : "after"), ID);
  }

  private static ImageEnvelope change(JsonNode change) throws RejectedRecordException {
    if (RecordJson.isRemoval(change)) {
      return ImageEnvelope.removal(text(change.path("before"), ID));
    }
    JsonNode row = change.path("after");
    if (!row.isObject()) {
      throw malformed(
          "The value is a change with op '%s' and no object in 'after'."
              .formatted(Excerpt.start(change.path("op").asText())));
    }
    return row(row);
  }

  private static ImageEnvelope row(JsonNode row) throws RejectedRecordException {
    if (RecordJson.isRemoval(row)) {
      return ImageEnvelope.removal(text(row, ID));
    }
    JsonNode image = RecordJson.field(row, IMAGE);
    if (image.isNull()) {
      throw malformed(
          "The field 'image' is null. An image is removed by a record without a value, or with \"__deleted\": \"true\".");
    }
    if (image.isMissingNode()) {
      throw malformed("The JSON object has %s and no 'image'.".formatted(fieldsOf(row)));
    }
    return new ImageEnvelope(
        text(row, ID), text(row, "label"), Optional.of(image("The field 'image'", image)));
  }

  private static EncodedContent image(String what, JsonNode image) throws RejectedRecordException {
    Optional<JsonNode> bytes = JsonBytes.find(image);
    if (bytes.isEmpty() && !image.isTextual()) {
      throw malformed("%s is %s, where base64 text is expected.".formatted(what, typeOf(image)));
    }
    try {
      return bytes.isPresent()
          ? new EncodedContent.Bytes(JsonBytes.read(bytes.get()))
          : ImageText.read(image.textValue());
    } catch (IllegalArgumentException e) {
      throw new RejectedRecordException(
          RejectionReason.MALFORMED_ENVELOPE, what + " " + e.getMessage());
    }
  }

  private static Optional<String> text(JsonNode row, String field) throws RejectedRecordException {
    JsonNode value = RecordJson.field(row, field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    Optional<String> text = RecordJson.scalar(value);
    if (text.isEmpty()) {
      throw malformed(
          "The field '%s' is %s, where a string or a number is expected."
              .formatted(field, typeOf(value)));
    }
    return text;
  }

  private static String fieldsOf(JsonNode row) {
    List<String> names = new ArrayList<>();
    row.fieldNames().forEachRemaining(name -> names.add("'" + Excerpt.start(name) + "'"));
    if (names.isEmpty()) {
      return "no fields";
    }
    return names.size() <= SHOWN_FIELDS
        ? "the fields " + String.join(", ", names)
        : "%d fields, %s …"
            .formatted(names.size(), String.join(", ", names.subList(0, SHOWN_FIELDS)));
  }

  private static String typeOf(JsonNode node) {
    return node.getNodeType().toString().toLowerCase(Locale.ROOT);
  }

  private static RejectedRecordException malformed(String message) {
    return new RejectedRecordException(RejectionReason.MALFORMED_ENVELOPE, message + " " + EXAMPLE);
  }
}
