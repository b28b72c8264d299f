package dev.quadstream.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes answers to the records of another topic, and remembers as the offsets of a consumer group
 * which of them need no answer any more: at least once, also after a kill. Every method throws
 * {@link KafkaException} where Kafka does not do it. Not thread-safe.
 */
public final class AnswersTopic implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final Admin admin;
  private final String group;

  /**
   * Makes the clients; whether Kafka is there shows later.
   *
   * @param group the consumer group that the offsets are of; nobody else may be in it
   */
  public AnswersTopic(KafkaConnection kafka, String group) {
    this.group = group;
    String timeout = Long.toString(TopicAdmin.DEFAULT_TIMEOUT.toMillis());
    this.producer =
        new KafkaProducer<>(
            kafka.settings(
                Map.of(
                    ProducerConfig.ACKS_CONFIG,
                    "all",
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    timeout)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.admin =
        Admin.create(
            kafka.settings(
                Map.of(
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout,
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout)));
  }

  /** Returns once all of them are written. */
  public void write(List<ProducerRecord<byte[], byte[]>> answers) {
    var sent = answers.stream().map(producer::send).toList();
    producer.flush();
    sent.forEach(answer -> get(answer));
  }

  /** The first offset of each partition of a topic that may need an answer; absent for all. */
  public Map<Integer, Long> unanswered(String topic) {
    Map<Integer, Long> offsets = new HashMap<>();
    get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach(
            (partition, offset) -> {
              if (offset != null && partition.topic().equals(topic)) {
                offsets.put(partition.partition(), offset.offset());
              }
            });
    return offsets;
  }

  /** Remembers that what is before an offset of each partition needs no answer. */
  public void answered(String topic, Map<Integer, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            all.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
    get(admin.alterConsumerGroupOffsets(group, all).all());
  }

  private static <T> T get(java.util.concurrent.Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while waiting for Kafka.", e);
    }
  }

  private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
    return get(future.toCompletionStage().toCompletableFuture());
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(1));
    admin.close(java.time.Duration.ofSeconds(1));
  }
}
