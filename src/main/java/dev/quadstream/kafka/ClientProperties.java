package dev.quadstream.kafka;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Looks at what users give Kafka's clients before any is made: a job whose client refuses its
 * settings, or whose records its own producer refuses, would fail at each restart.
 */
public final class ClientProperties {

  /** Whose values may be known to the cluster alone, or must not be told. */
  private static final Set<ConfigDef.Type> PASSED_OVER =
      EnumSet.of(ConfigDef.Type.CLASS, ConfigDef.Type.PASSWORD, ConfigDef.Type.LIST);

  private ClientProperties() {}

  /**
   * Checks all that one of the clients knows.
   *
   * @param embeddingSize values of an embedding, the largest record that is never shortened
   * @throws IllegalArgumentException naming the property, its value and what it may be
   */
  public static void require(Map<String, String> properties, int embeddingSize) {
    List<ConfigDef> clients =
        List.of(
            ProducerConfig.configDef(), ConsumerConfig.configDef(), AdminClientConfig.configDef());
    for (ConfigDef client : clients) {
      properties.forEach((name, value) -> require(client.configKeys().get(name), value));
    }
    int largest = TopicCheck.largestRecord(embeddingSize);
    for (String limit :
        List.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, ProducerConfig.BUFFER_MEMORY_CONFIG)) {
      String given = properties.get(limit);
      if (given != null && Long.parseLong(given.strip()) < largest) {
        throw new IllegalArgumentException(
            "%s is %s, and the job writes records of up to %d bytes."
                .formatted(limit, given, largest));
      }
    }
  }

  private static void require(ConfigDef.ConfigKey known, String value) {
    if (known == null || PASSED_OVER.contains(known.type)) {
      return;
    }
    try {
      Object read = ConfigDef.parseType(known.name, value, known.type);
      if (known.validator != null) {
        known.validator.ensureValid(known.name, read);
      }
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage() + ".", e);
    }
  }
}
