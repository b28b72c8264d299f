package dev.quadstream.serve.search;

import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.KafkaSendException;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.serve.http.RequestException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes images for good: the tombstone on the images topic makes the job forget one, that on the
 * embeddings topic takes it from every reader at once, whether the job runs or not. Thread-safe.
 */
final class Deletions implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

  private final SearchSettings settings;
  private final Map<String, KafkaImageProducer> producers = new HashMap<>();

  Deletions(SearchSettings settings) {
    this.settings = settings;
  }

  /**
   * Returns once both topics have it.
   *
   * @throws RequestException 503 if one of them did not take it: deleting it again mends that
   */
  synchronized void delete(String id) throws RequestException {
    try {
      for (String topic : List.of(settings.topics().images(), settings.topics().embeddings())) {
        KafkaImageProducer producer =
            producers.computeIfAbsent(
                topic, name -> new KafkaImageProducer(settings.kafka(), name));
        producer.sendRemoval(id);
        producer.flush();
      }
    } catch (KafkaSendException | KafkaUnreachableException e) {
      LOG.warn("An image was not deleted.", e);
      throw new RequestException(
          503, "Kafka did not take the deletion; ask for it again. " + e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    producers.values().forEach(KafkaImageProducer::close);
  }
}
