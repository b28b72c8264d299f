package dev.quadstream.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates and checks topics, and says clearly when the broker is not there. Thread-safe.
 *
 * <p>Every method throws {@link KafkaUnreachableException} when no broker answers in time or lets
 * this client in.
 */
public final class TopicAdmin implements AutoCloseable {

  /** How long to wait for a broker unless told otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  private static final long PAUSE_MILLIS = 20;

  private final String bootstrapServers;
  private final Duration timeout;
  private final Admin admin;

  /** Connects without further client settings and with the default timeout of 10 s. */
  public TopicAdmin(String bootstrapServers) {
    this(bootstrapServers, new Properties(), DEFAULT_TIMEOUT);
  }

  /**
   * Connects.
   *
   * @param bootstrapServers comma-separated {@code host:port}
   * @param overrides client settings such as security; they win
   * @param timeout how long each method may wait
   */
  public TopicAdmin(String bootstrapServers, Properties overrides, Duration timeout) {
    String milliseconds = Long.toString(timeout.toMillis());
    Properties settings =
        ClientSettings.merge(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, milliseconds,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, milliseconds),
            overrides);
    this.bootstrapServers = bootstrapServers;
    this.timeout = timeout;
    try {
      this.admin = Admin.create(settings);
    } catch (KafkaException e) {
      throw new KafkaUnreachableException(bootstrapServers, ClientSettings.rootCause(e));
    }
  }

  /** Returns if a broker answers. */
  public void requireReachable() {
    await(admin.describeCluster().nodes());
  }

  /** The cluster's id, which stays over restarts. */
  public String clusterId() {
    return await(admin.describeCluster().clusterId());
  }

  /**
   * Creates those of the topics that are not there, and returns once a broker shows them all;
   * existing ones stay as they are.
   *
   * @param partitions of each new topic but models, at least 1
   * @param replication copies of each partition, at most the number of brokers
   * @return the names of the topics that this call created
   * @throws KafkaException if the broker refuses, as it does with more replicas than brokers
   */
  public Set<String> create(Topics topics, int partitions, int replication) {
    List<NewTopic> definitions = topics.definitions(partitions, (short) replication);
    Set<String> created = new TreeSet<>();
    CreateTopicsResult creations = admin.createTopics(definitions);
    for (NewTopic definition : definitions) {
      String name = definition.name();
      awaitUnless(TopicExistsException.class, creations.config(name))
          .ifPresent(settings -> created.add(name));
    }
    awaitShown(created);
    return created;
  }

  /** The controller says that a topic is created before the brokers have heard of it. */
  private void awaitShown(Set<String> created) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        describe(created);
        return;
      } catch (MissingTopicException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
  }

  /**
   * Returns the topics' descriptions.
   *
   * @throws MissingTopicException naming every one of them that is not there
   */
  public Map<String, TopicDescription> describe(Collection<String> topics) {
    Map<String, TopicDescription> found = new TreeMap<>();
    Set<String> missing = new TreeSet<>();
    admin
        .describeTopics(topics)
        .topicNameValues()
        .forEach(
            (name, description) ->
                awaitUnless(UnknownTopicOrPartitionException.class, description)
                    .ifPresentOrElse(value -> found.put(name, value), () -> missing.add(name)));
    if (!missing.isEmpty()) {
      throw new MissingTopicException(missing, bootstrapServers);
    }
    return found;
  }

  /**
   * The settings of a topic that differ from the broker's defaults, by name.
   *
   * @throws MissingTopicException if it is not there
   */
  public Map<String, String> settings(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<String, String> settings = new TreeMap<>();
    awaitUnless(
            UnknownTopicOrPartitionException.class,
            admin.describeConfigs(List.of(resource)).values().get(resource))
        .orElseThrow(() -> new MissingTopicException(List.of(topic), bootstrapServers))
        .entries()
        .stream()
        .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
        .forEach(entry -> settings.put(entry.name(), entry.value()));
    return settings;
  }

  /**
   * How many records of a topic lie behind the offsets that a group has committed.
   *
   * @return nothing if the group has committed none
   * @throws MissingTopicException if the topic is not there
   */
  public OptionalLong lag(String group, String topic) {
    describe(List.of(topic));
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
    committed.keySet().removeIf(partition -> !partition.topic().equals(topic));
    committed.values().removeIf(Objects::isNull);
    if (committed.isEmpty()) {
      return OptionalLong.empty();
    }
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    long lag = 0;
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        await(admin.listOffsets(latest).all()).entrySet()) {
      lag += Math.max(0, end.getValue().offset() - committed.get(end.getKey()).offset());
    }
    return OptionalLong.of(lag);
  }

  private <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** The future's value, or nothing where it failed with the expected exception. */
  private <T> Optional<T> awaitUnless(Class<? extends Throwable> expected, KafkaFuture<T> future) {
    try {
      return Optional.of(future.get());
    } catch (ExecutionException e) {
      if (expected.isInstance(e.getCause())) {
        return Optional.empty();
      }
      throw failure(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private RuntimeException failure(Throwable cause) {
    if (cause instanceof RetriableException
        || cause instanceof AuthenticationException
        || cause instanceof AuthorizationException) {
      return new KafkaUnreachableException(bootstrapServers, cause);
    }
    return new KafkaException(
        "Kafka at %s refused: %s".formatted(bootstrapServers, cause.getMessage()), cause);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
