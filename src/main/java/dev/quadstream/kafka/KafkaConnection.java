package dev.quadstream.kafka;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Where Kafka is, and how its clients connect.
 *
 * @param bootstrapServers comma-separated {@code host:port}
 * @param properties further settings of every client, such as security; they win over the defaults
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties)
    implements Serializable {

  public KafkaConnection {
    properties = Map.copyOf(properties);
  }

  /** Without further settings. */
  public static KafkaConnection to(String bootstrapServers) {
    return new KafkaConnection(bootstrapServers, Map.of());
  }

  /** The same with further settings, which win. */
  public KafkaConnection with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(properties);
    all.putAll(more);
    return new KafkaConnection(bootstrapServers, all);
  }

  /** The settings of a client that has its own defaults. */
  public Properties settings(Map<String, String> defaults) {
    Properties settings = new Properties();
    settings.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.putAll(defaults);
    settings.putAll(properties);
    return settings;
  }

  /** Kafka's constructors wrap the reason in "Failed to construct kafka producer". */
  KafkaUnreachableException unreachable(Throwable failure) {
    return new KafkaUnreachableException(bootstrapServers, ExceptionUtils.getRootCause(failure));
  }

  /** Without the properties, which may hold passwords. */
  @Override
  public String toString() {
    return bootstrapServers;
  }
}
