package dev.quadstream.kafka;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Consumers of partitions that are assigned to them: they read what is committed, as bytes, commit
 * nothing themselves and make no topics.
 */
final class ByteConsumers {

  private ByteConsumers() {}

  /**
   * A consumer that reads nothing yet.
   *
   * @param recordsAPoll at the most
   * @param overrides settings of Kafka's client that go over these
   * @throws KafkaUnreachableException where the settings do not make a client
   */
  static Consumer<byte[], byte[]> connect(
      String bootstrapServers, int recordsAPoll, Properties overrides) {
    Properties settings =
        ClientSettings.merge(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                "false",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                PartitionsOfTopics.METADATA_MAX_AGE_MILLIS,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                Integer.toString(recordsAPoll),
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Long.toString(TopicAdmin.DEFAULT_TIMEOUT.toMillis())),
            overrides);
    try {
      return new KafkaConsumer<>(
          settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new KafkaUnreachableException(bootstrapServers, ClientSettings.rootCause(e));
    }
  }
}
