package dev.quadstream.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.FieldLimits;
import dev.quadstream.json.TextEnds;
import java.util.Optional;

/**
 * Reads image ids. A key and an envelope that name the same row give the same id, so that a
 * tombstone finds its image: {@code 42}, {@code "42"}, {@code {"id": 42}} and what Kafka Connect
 * wraps around these are all {@code 42}.
 */
final class ImageIds {

  private static final String EXPECTED =
      "Expected is text of 1 to %d bytes such as 'cup-17', as Kafka's StringSerializer or Connect's StringConverter writes it, or a JSON object with an 'id'."
          .formatted(FieldLimits.MAX_ID_BYTES);
  private static final String ID = "id";

  private final RecordJson json;

  ImageIds(RecordJson json) {
    this.json = json;
  }

  /** The id that a record's key stands for. */
  String ofKey(byte[] key) throws RejectedRecordException {
    try {
      String text = TextEnds.strip(FieldText.decode(key));
      // An array is an id as it is written: it names no column.
      Optional<JsonNode> found = json.find(text).filter(node -> !node.isArray());
      return checked(found.map(ImageIds::ofJson).orElse(text));
    } catch (IllegalArgumentException e) {
      throw malformed(RejectionReason.MALFORMED_KEY, "The key", e);
    }
  }

  /** The same; where the record lies if it has no key or one that is no id. */
  String ofKeyOrPlace(SourceRecord source) {
    try {
      return source.key() == null ? source.position() : ofKey(source.key());
    } catch (RejectedRecordException e) {
      return source.position();
    }
  }

  /** Returns the envelope's id if it can be one. */
  String ofEnvelope(String id) throws RejectedRecordException {
    try {
      return checked(id);
    } catch (IllegalArgumentException e) {
      throw malformed(RejectionReason.MALFORMED_ENVELOPE, "The field 'id'", e);
    }
  }

  private static String ofJson(JsonNode key) {
    JsonNode field = key.size() == 1 ? key.elements().next() : RecordJson.field(key, ID);
    return Optional.of(key)
        .flatMap(RecordJson::scalar)
        .or(() -> RecordJson.scalar(field))
        // Several columns: their JSON is the id, and the tombstone's key is the same text.
        .orElseGet(key::toString);
  }

  private static String checked(String read) {
    String id = TextEnds.strip(read);
    int bytes = FieldText.check(id);
    if (bytes < 1 || bytes > FieldLimits.MAX_ID_BYTES) {
      throw new IllegalArgumentException("has %d bytes".formatted(bytes));
    }
    return id;
  }

  private static RejectedRecordException malformed(
      RejectionReason reason, String what, IllegalArgumentException failure) {
    return new RejectedRecordException(
        reason,
        "%s, which is the image's id, %s. %s".formatted(what, failure.getMessage(), EXPECTED));
  }
}
