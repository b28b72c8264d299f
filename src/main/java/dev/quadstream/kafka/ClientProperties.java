package dev.quadstream.kafka;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Looks at what users give Kafka's clients before any is made: a job whose client refuses its
 * settings, or whose records its own producer refuses, would fail at each restart.
 */
public final class ClientProperties {

  /** Whose values may be known to the cluster alone, or must not be told. */
  private static final Set<ConfigDef.Type> PASSED_OVER =
      EnumSet.of(ConfigDef.Type.CLASS, ConfigDef.Type.PASSWORD, ConfigDef.Type.LIST);

  /**
   * Those that would undo what Quadstream does with its clients: how it knows where the job is,
   * what it reads and writes records with, and what it reads of transactions; and the option that
   * says it, where there is one.
   */
  private static final Map<String, String> NOT_TO_BE_SET =
      Map.ofEntries(
          Map.entry(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "kafka.bootstrap-servers"),
          Map.entry(CommonClientConfigs.GROUP_ID_CONFIG, "kafka.group"),
          Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "kafka.starting-offsets"),
          Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, ""),
          Map.entry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, ""),
          Map.entry(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ""),
          Map.entry(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ""),
          Map.entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ""),
          Map.entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ""),
          Map.entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, ""),
          Map.entry(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "kafka.transaction-timeout"));

  private static final List<ConfigDef> CLIENTS =
      List.of(
          ProducerConfig.configDef(), ConsumerConfig.configDef(), AdminClientConfig.configDef());

  /** What the job's clients, and those beside it, have whatever users say. */
  private static final Map<String, Object> OURS =
      Map.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          "localhost:9092",
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ByteArraySerializer.class,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ByteArraySerializer.class,
          ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
          "60000",
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ByteArrayDeserializer.class,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ByteArrayDeserializer.class,
          ConsumerConfig.GROUP_ID_CONFIG,
          "any");

  private static final String IDEMPOTENCE =
      " kafka.delivery=exactly-once takes enable.idempotence=true, and that acks=all, retries above 0 and a max.in.flight.requests.per.connection of 5 or less.";

  private ClientProperties() {}

  /**
   * Checks all that one of the clients knows, each by itself and together.
   *
   * @param embeddingSize values of an embedding, the largest record that is never shortened
   * @param transactional whether the job's producers are
   * @throws IllegalArgumentException naming the property, its value and what it may be
   */
  public static void require(
      Map<String, String> properties, int embeddingSize, boolean transactional) {
    properties.keySet().forEach(ClientProperties::requireMayBeSet);
    for (ConfigDef client : CLIENTS) {
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
    requireTogether(properties, transactional);
  }

  private static void requireMayBeSet(String name) {
    String option = NOT_TO_BE_SET.get(name);
    if (option != null) {
      throw new IllegalArgumentException(
          "%s is set by Quadstream itself. Leave it out%s."
              .formatted(name, option.isEmpty() ? "" : ": the option is %s".formatted(option)));
    }
  }

  /** Kafka's own settings compare some of them as they are made, its clients three more. */
  private static void requireTogether(Map<String, String> properties, boolean transactional) {
    Map<String, Object> all = new HashMap<>(properties);
    all.keySet().removeIf(ClientProperties::isPassedOver);
    all.putAll(OURS);
    if (transactional) {
      all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "any");
      all.putIfAbsent(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    }
    ProducerConfig producer;
    ConsumerConfig consumer;
    AdminClientConfig admin;
    try {
      producer = new ProducerConfig(all);
      consumer = new ConsumerConfig(all);
      admin = new AdminClientConfig(all);
    } catch (KafkaException e) {
      String rule = e.getMessage() + (e.getMessage().contains("idempoten") ? IDEMPOTENCE : "");
      String given =
          new TreeMap<>(properties)
              .entrySet().stream()
                  .filter(property -> rule.contains(property.getKey()))
                  .map(property -> property.getKey() + "=" + property.getValue())
                  .collect(Collectors.joining(", "));
      throw new IllegalArgumentException("%s Given: %s.".formatted(rule, given), e);
    }
    long linger = producer.getLong(ProducerConfig.LINGER_MS_CONFIG);
    int request = producer.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
    int delivery = producer.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
    if (properties.containsKey(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
        && delivery < linger + request) {
      throw new IllegalArgumentException(
          "delivery.timeout.ms is %d, less than linger.ms + request.timeout.ms, which are %d and %d."
              .formatted(delivery, linger, request));
    }
    int call = admin.getInt(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
    if (properties.containsKey(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG) && call < request) {
      throw new IllegalArgumentException(
          "default.api.timeout.ms is %d, less than request.timeout.ms, which is %d."
              .formatted(call, request));
    }
    int heartbeat = consumer.getInt(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
    int session = consumer.getInt(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
    if (heartbeat >= session) {
      throw new IllegalArgumentException(
          "session.timeout.ms is %d and must be more than heartbeat.interval.ms, which is %d."
              .formatted(session, heartbeat));
    }
  }

  private static boolean isPassedOver(String name) {
    return CLIENTS.stream()
        .map(client -> client.configKeys().get(name))
        .anyMatch(known -> known != null && PASSED_OVER.contains(known.type));
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
