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

  /** How old the client's knowledge of a topic's partitions may be; asking it again is free. */
  private static final String METADATA_MAX_AGE_MILLIS = "10000";

  private ByteConsumers() {}

  /**
   * A consumer that reads nothing yet.
   *
   * @param recordsAPoll at the most
   * @throws KafkaUnreachableException where the settings do not make a client
   */
  static Consumer<byte[], byte[]> connect(KafkaConnection kafka, int recordsAPoll) {
    Properties settings =
        kafka
            .with(Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false"))
            .settings(
                Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                    "read_committed",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                    "false",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "earliest",
                    ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                    METADATA_MAX_AGE_MILLIS,
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    Integer.toString(recordsAPoll),
                    ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    Long.toString(TopicAdmin.DEFAULT_TIMEOUT.toMillis())));
    try {
      return new KafkaConsumer<>(
          settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }
}
