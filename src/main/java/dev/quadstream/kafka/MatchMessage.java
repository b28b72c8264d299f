package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The answer to an image without a label, as the matches topic carries it under the image's id.
 *
 * @param id the image's id
 * @param verdict {@code known}, {@code new} or {@code unsure}
 * @param label the class, where it is known; else null
 * @param candidates the nearest labelled images, nearest first
 * @param threshold the similarity above which images are known; null while not calibrated
 * @param falseAcceptRate the share of images of new classes that the threshold may take for known
 * @param run the run that all vectors are of
 * @param release the release that all vectors are of
 * @param images how many were searched
 */
public record MatchMessage(
    String id,
    String verdict,
    String label,
    List<Candidate> candidates,
    Double threshold,
    double falseAcceptRate,
    String run,
    long release,
    int images) {

  /**
   * An image that may show the same.
   *
   * @param id the image's id
   * @param label its class, or null
   * @param similarity cosine of the embeddings, −1 to 1
   * @param g learned distance, 0 to 1; null where the release's model is not at hand
   */
  public record Candidate(String id, String label, float similarity, Float g) {}

  public MatchMessage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(verdict, "verdict");
    candidates = List.copyOf(candidates);
  }

  /** The record that replaces the image's previous answer. */
  public ProducerRecord<byte[], byte[]> toProducerRecord(String topic) {
    return new ProducerRecord<>(topic, id.getBytes(UTF_8), JsonMessages.write(this));
  }

  /** The tombstone that takes the answer to a deleted image off the compacted topic. */
  public static ProducerRecord<byte[], byte[]> removal(String topic, String id) {
    return new ProducerRecord<>(topic, id.getBytes(UTF_8), null);
  }
}
