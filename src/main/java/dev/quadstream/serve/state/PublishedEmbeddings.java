package dev.quadstream.serve.state;

import dev.quadstream.kafka.EmbeddingMessage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The embeddings that the job published last, of a bounded number of images. Thread-safe. */
public final class PublishedEmbeddings {

  private final Map<String, EmbeddingMessage> messages;

  public PublishedEmbeddings(int most) {
    this.messages =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, EmbeddingMessage> eldest) {
            return size() > most;
          }
        };
  }

  public synchronized void put(EmbeddingMessage message) {
    messages.put(message.id(), message);
  }

  public synchronized void remove(String id) {
    messages.remove(id);
  }

  public synchronized Optional<EmbeddingMessage> get(String id) {
    return Optional.ofNullable(messages.get(id));
  }
}
