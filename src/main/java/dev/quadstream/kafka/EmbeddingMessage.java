package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The embedding of one image, as the embeddings topic carries it.
 *
 * @param run the run that the version counts in; null in messages of programs that left it out
 * @param id the image's id
 * @param label its class; null of an image that came without one
 * @param modelVersion the version of the model that made it: the windows it had processed
 * @param release the release that the embedding belongs to: embeddings of equal run and release are
 *     comparable, any others are not; null in messages of programs that had no releases
 * @param mapped whether the release did not make it, but it was mapped into the release's space
 *     from an earlier one's, since its image could not be read again
 * @param window the window that the image came in; for an image without a label, which comes in
 *     none, the last one that the model had processed, −1 for none; −1 where it is not known
 * @param vector the embedding, unit length, finite, not empty; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record EmbeddingMessage(
    String run,
    String id,
    String label,
    long modelVersion,
    Long release,
    boolean mapped,
    long window,
    float[] vector) {

  // Hand-fed, because there is one message for every image and most of it is numbers: the fast
  // writer gives the shortest decimal that reads back as the same float.
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();
  private static final int BYTES_A_NUMBER = 13;

  public EmbeddingMessage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(vector, "vector");
    if (vector.length == 0) {
      // The first one of a release says how long its others are.
      throw new IllegalArgumentException(
          "The embedding of image '%s' by model version %d has no numbers."
              .formatted(id, modelVersion));
    }
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "The embedding of image '%s' by model version %d holds %s."
                .formatted(id, modelVersion, value));
      }
    }
  }

  /** An embedding that its release made. */
  public EmbeddingMessage(
      String run,
      String id,
      String label,
      long modelVersion,
      Long release,
      long window,
      float[] vector) {
    this(run, id, label, modelVersion, release, false, window, vector);
  }

  /** The message as JSON. */
  public byte[] toJson() {
    int estimate = 128 + vector.length * BYTES_A_NUMBER;
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(estimate)) {
      try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
        json.writeStartObject();
        if (run != null) {
          json.writeStringField("run", run);
        }
        json.writeStringField("id", id);
        json.writeStringField("label", label);
        json.writeNumberField("modelVersion", modelVersion);
        if (release != null) {
          json.writeNumberField("release", release);
        }
        if (mapped) {
          json.writeBooleanField("mapped", true);
        }
        json.writeNumberField("window", window);
        writeVector(json);
        json.writeEndObject();
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed.", e);
    }
  }

  private void writeVector(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("vector");
    for (float value : vector) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  /**
   * Reads a message's JSON.
   *
   * @throws MalformedMessageException if it is not one
   */
  public static EmbeddingMessage fromJson(byte[] json) {
    return JsonMessages.read(json, EmbeddingMessage.class);
  }

  /** The record that replaces the image's previous embedding. */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    return keyed(topic, id, toJson(), modelVersion);
  }

  /**
   * The tombstone that takes an image's embedding off the compacted topic.
   *
   * @param modelVersion the version at hand when the image was removed
   */
  public static ProducerRecord<byte[], byte[]> removal(String topic, String id, long modelVersion) {
    return keyed(topic, id, null, modelVersion);
  }

  private static ProducerRecord<byte[], byte[]> keyed(
      String topic, String id, byte[] value, long modelVersion) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, id.getBytes(UTF_8), value);
    record.headers().add(HeaderNames.MODEL_VERSION, Long.toString(modelVersion).getBytes(UTF_8));
    return record;
  }
}
