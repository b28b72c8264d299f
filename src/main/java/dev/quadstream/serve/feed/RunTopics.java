package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.serve.state.Feedback;
import dev.quadstream.serve.state.PublishedEmbeddings;
import dev.quadstream.serve.state.RunState;
import dev.quadstream.training.WindowReport;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the job writes, on its way to the page. */
public final class RunTopics {

  private static final long REPORTS = 500_000;
  private static final long MODELS = 10_000;
  private static final long EMBEDDINGS = 20_000;
  private static final long DEAD_LETTERS = 100_000;

  /** More than the job writes into one message. */
  private static final int MAX_BYTES = 256 << 10;

  /** Compacted: the pointer is the last one of the network. */
  private static final long RELEASES = 1_000;

  private final Topics topics;
  private final String network;
  private final RunState state;
  private final PublishedEmbeddings embeddings;
  private final Optional<Feedback> feedback;

  /**
   * Everything that is read goes to these.
   *
   * @param feedback where people label images on the page
   */
  public RunTopics(
      Topics topics,
      String network,
      RunState state,
      PublishedEmbeddings embeddings,
      Optional<Feedback> feedback) {
    this.topics = topics;
    this.network = network;
    this.state = state;
    this.embeddings = embeddings;
    this.feedback = feedback;
  }

  /** How many of its last records each topic is read from, but for the embeddings. */
  public Map<String, Long> depths() {
    return Map.of(
        topics.reports(), REPORTS,
        topics.models(), MODELS,
        topics.deadLetters(), DEAD_LETTERS,
        topics.releases(), RELEASES);
  }

  /** The same of the embeddings, of which there are as many as images. */
  public Map<String, Long> depthsOfEmbeddings() {
    return Map.of(topics.embeddings(), EMBEDDINGS);
  }

  public void take(ConsumerRecord<byte[], byte[]> message) {
    String topic = message.topic();
    if (topic.equals(topics.deadLetters())) {
      state.addDeadLetter(message);
      return;
    }
    requireOfTheJob(message);
    if (topic.equals(topics.embeddings())) {
      takeEmbedding(message);
    } else if (message.value() != null && topic.equals(topics.reports())) {
      state.add(JsonMessages.read(message.value(), WindowReport.class), message.timestamp());
    } else if (message.value() != null && topic.equals(topics.models())) {
      ModelManifest manifest = JsonMessages.read(message.value(), ModelManifest.class);
      if (manifest.identity().name().equals(network)) {
        state.models().add(manifest);
        feedback.ifPresent(labels -> labels.published(manifest, System.currentTimeMillis()));
      }
    } else if (message.value() != null
        && topic.equals(topics.releases())
        && network.equals(keyOf(message))) {
      state.models().released(JsonMessages.read(message.value(), Release.class));
    }
  }

  private static void requireOfTheJob(ConsumerRecord<byte[], byte[]> message) {
    if (message.serializedValueSize() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "it has %d bytes, more than the job writes.".formatted(message.serializedValueSize()));
    }
  }

  private static String keyOf(ConsumerRecord<byte[], byte[]> message) {
    return message.key() == null ? null : new String(message.key(), UTF_8);
  }

  private void takeEmbedding(ConsumerRecord<byte[], byte[]> message) {
    String id = keyOf(message);
    if (id == null) {
      return;
    }
    if (message.value() == null) {
      embeddings.remove(id);
      return;
    }
    embeddings.put(id, message.value());
    feedback
        .filter(labels -> labels.waitsFor(id))
        .ifPresent(labels -> labels.embedded(EmbeddingMessage.fromJson(message.value())));
  }
}
