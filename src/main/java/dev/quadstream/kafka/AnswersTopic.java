package dev.quadstream.kafka;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes answers to the records of another topic, and remembers as the offsets of a consumer group
 * which of them need no answer any more: at least once, also after a kill. Every method throws
 * {@link KafkaException} or {@link KafkaUnreachableException} where Kafka does not do it. Not
 * thread-safe.
 */
public final class AnswersTopic implements AutoCloseable {

  private final KafkaConnection kafka;
  private final String group;
  private Producer<byte[], byte[]> producer;
  private TopicAdmin admin;

  /**
   * Whether Kafka is there shows at the first use: without its name no client can be made.
   *
   * @param group the consumer group that the offsets are of; nobody else may be in it
   */
  public AnswersTopic(KafkaConnection kafka, String group) {
    this.kafka = kafka;
    this.group = group;
  }

  private synchronized Producer<byte[], byte[]> producer() {
    if (producer == null) {
      try {
        producer =
            new KafkaProducer<>(
                kafka.settings(
                    Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        Long.toString(TopicAdmin.DEFAULT_TIMEOUT.toMillis()))),
                new ByteArraySerializer(),
                new ByteArraySerializer());
      } catch (KafkaException e) {
        throw kafka.unreachable(e);
      }
    }
    return producer;
  }

  private synchronized TopicAdmin admin() {
    if (admin == null) {
      admin = new TopicAdmin(kafka);
    }
    return admin;
  }

  /** Returns once all of them are written. */
  public void write(List<ProducerRecord<byte[], byte[]>> answers) {
    var sent = answers.stream().map(producer()::send).toList();
    producer().flush();
    sent.forEach(answer -> get(answer));
  }

  /** The first offset of each partition of a topic that may need an answer; absent for all. */
  public Map<Integer, Long> unanswered(String topic) {
    return admin().committed(group, topic);
  }

  /** Remembers that what is before an offset of each partition needs no answer. */
  public void answered(String topic, Map<Integer, Long> offsets) {
    admin().commit(group, topic, offsets);
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while waiting for Kafka.", e);
    }
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      producer.close(java.time.Duration.ofSeconds(1));
    }
    if (admin != null) {
      admin.close();
    }
  }
}
