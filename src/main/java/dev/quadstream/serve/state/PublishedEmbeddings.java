package dev.quadstream.serve.state;

import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.kafka.EmbeddingMessage;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embeddings that the job published last. Thread-safe.
 *
 * <p>They are read when somebody asks for them: the job writes one for each image, and the page
 * shows a few hundred images.
 */
public final class PublishedEmbeddings {

  private static final Logger LOG = LoggerFactory.getLogger(PublishedEmbeddings.class);

  private final NewestBytes messages;

  /**
   * None yet.
   *
   * @param maxBytes that they may take, as JSON
   */
  public PublishedEmbeddings(long maxBytes) {
    this.messages = new NewestBytes(maxBytes);
  }

  /** Takes one up, by the id that its record has for a key. */
  public void put(String id, byte[] json) {
    messages.put(id, json);
  }

  public void remove(String id) {
    messages.remove(id);
  }

  /** The embedding of an image, or empty where there is none, or what others wrote in its place. */
  public Optional<EmbeddingMessage> get(String id) {
    return messages.get(id).flatMap(json -> read(id, json));
  }

  private Optional<EmbeddingMessage> read(String id, byte[] json) {
    try {
      return Optional.of(EmbeddingMessage.fromJson(json));
    } catch (MalformedMessageException e) {
      remove(id);
      LOG.warn("The embedding of image {} is passed over: {}", id, e.getMessage());
      return Optional.empty();
    }
  }
}
