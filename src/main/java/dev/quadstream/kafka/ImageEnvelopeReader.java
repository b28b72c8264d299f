package dev.quadstream.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code {"id", "label", "image": base64}}; other fields are ignored. */
final class ImageEnvelopeReader {

  private final ObjectReader reader;

  ImageEnvelopeReader(int maxRecordBytes) {
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

  ImageEnvelope read(byte[] json) throws RejectedRecordException {
    JsonNode envelope = tree(json);
    if (!envelope.isObject()) {
      throw malformed("The envelope is not a JSON object.");
    }
    String image =
        text(envelope, "image").orElseThrow(() -> malformed("The envelope has no 'image' field."));
    try {
      return new ImageEnvelope(
          text(envelope, "id"), text(envelope, "label"), Base64.getDecoder().decode(image));
    } catch (IllegalArgumentException e) {
      throw malformed("The envelope's 'image' field is not base64: " + e.getMessage() + ".");
    }
  }

  private JsonNode tree(byte[] json) throws RejectedRecordException {
    try {
      return reader.readTree(json);
    } catch (JsonProcessingException e) {
      throw malformed("The envelope is not JSON: " + e.getOriginalMessage() + ".");
    } catch (IOException e) {
      throw malformed("The envelope is not JSON text: " + e.getMessage() + ".");
    }
  }

  private static Optional<String> text(JsonNode envelope, String field)
      throws RejectedRecordException {
    JsonNode value = envelope.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw malformed(
          "The envelope's '%s' field is %s, not a string."
              .formatted(field, value.getNodeType().toString().toLowerCase(Locale.ROOT)));
    }
    return Optional.of(value.textValue());
  }

  private static RejectedRecordException malformed(String message) {
    return new RejectedRecordException(RejectionReason.MALFORMED_ENVELOPE, message);
  }
}
