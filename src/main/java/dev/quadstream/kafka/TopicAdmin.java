package dev.quadstream.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.requests.CreateTopicsRequest;

/**
 * Creates and checks topics, and says clearly when the broker is not there. Thread-safe.
 *
 * <p>Every method throws {@link KafkaUnreachableException} when no broker answers in time or lets
 * this client in, and {@link KafkaException} when one refuses what is asked, as by its ACLs.
 */
public final class TopicAdmin implements AutoCloseable {

  /** How long to wait for a broker unless told otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /** As many copies as the broker gives what says nothing: its default.replication.factor. */
  public static final int BROKERS_REPLICATION = CreateTopicsRequest.NO_REPLICATION_FACTOR;

  private static final long PAUSE_MILLIS = 20;

  private final KafkaConnection kafka;
  private final Duration timeout;
  private final Admin admin;

  /** Connects with the default timeout of 10 s. */
  public TopicAdmin(KafkaConnection kafka) {
    this(kafka, DEFAULT_TIMEOUT);
  }

  /**
   * Connects.
   *
   * @param timeout how long each method may wait
   */
  public TopicAdmin(KafkaConnection kafka, Duration timeout) {
    String milliseconds = Long.toString(timeout.toMillis());
    this.kafka = kafka;
    this.timeout = timeout;
    try {
      this.admin =
          Admin.create(
              // A user's one of the two may not fit our other one.
              kafka
                  .with(
                      Map.of(
                          AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, milliseconds,
                          AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, milliseconds))
                  .settings(Map.of()));
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** Returns if a broker answers. */
  public void requireReachable() {
    await(admin.describeCluster().nodes());
  }

  /**
   * Creates those of the topics that are not there, and returns once a broker shows them all;
   * existing ones stay as they are.
   *
   * @param partitions of each new topic but models, at least 1
   * @param replication copies of each partition, at most the number of brokers; or {@link
   *     #BROKERS_REPLICATION}
   * @return the names of the topics that this call created
   * @throws KafkaException if the broker refuses, as it does with more replicas than brokers
   */
  public Set<String> create(Topics topics, int partitions, int replication) {
    return create(topics, partitions, replication, Topics.DEAD_LETTER_RETENTION);
  }

  /**
   * The same with another retention.
   *
   * @param deadLetterRetention how long a dead letter stays; not negative
   */
  public Set<String> create(
      Topics topics, int partitions, int replication, Duration deadLetterRetention) {
    List<NewTopic> definitions =
        topics.definitions(partitions, (short) replication, deadLetterRetention);
    Set<String> created = new TreeSet<>();
    CreateTopicsResult creations = admin.createTopics(definitions);
    for (NewTopic definition : definitions) {
      String name = definition.name();
      // Its settings are a failure for a user who may create it and not see them.
      awaitUnless(
              TopicExistsException.class, creations.values().get(name).thenApply(nothing -> name))
          .ifPresent(created::add);
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
      throw new MissingTopicException(missing, bootstrapServers());
    }
    return found;
  }

  /**
   * All settings of a topic as they hold, the broker's defaults included, by name.
   *
   * @throws MissingTopicException if it is not there
   */
  public Map<String, String> settings(String topic) {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<String, String> settings = new TreeMap<>();
    awaitUnless(
            UnknownTopicOrPartitionException.class,
            admin.describeConfigs(List.of(resource)).values().get(resource))
        .orElseThrow(() -> new MissingTopicException(List.of(topic), bootstrapServers()))
        .entries()
        .forEach(entry -> settings.put(entry.name(), entry.value()));
    return settings;
  }

  /** A setting of one of the brokers; nothing where this user may not see it. */
  public Optional<String> brokerSetting(String name) {
    String broker = await(admin.describeCluster().nodes()).iterator().next().idString();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
    return awaitUnless(
            AuthorizationException.class,
            admin.describeConfigs(List.of(resource)).values().get(resource))
        .map(settings -> settings.get(name))
        .map(ConfigEntry::value);
  }

  /**
   * The largest record that a topic takes, in bytes.
   *
   * @throws MissingTopicException if it is not there
   */
  public int maxMessageBytes(String topic) {
    return Integer.parseInt(settings(topic).get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
  }

  /**
   * How many records of a topic lie behind the offsets that a group has committed; of a partition
   * that it has not committed, as of one that was added, all.
   *
   * @return nothing if the group has committed none
   * @throws MissingTopicException if the topic is not there
   */
  public OptionalLong lag(String group, String topic) {
    TopicDescription description = describe(List.of(topic)).get(topic);
    Map<Integer, Long> committed = committed(group, topic);
    if (committed.isEmpty()) {
      return OptionalLong.empty();
    }
    List<TopicPartition> partitions =
        description.partitions().stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
    long lag = 0;
    for (TopicPartition partition : partitions) {
      Long read = committed.get(partition.partition());
      long next = read == null ? begins.get(partition) : read;
      lag += Math.max(0, ends.get(partition) - next);
    }
    return OptionalLong.of(lag);
  }

  /**
   * The next offset of each partition of a topic for a group; absent where it has committed none.
   */
  Map<Integer, Long> committed(String group, String topic) {
    Map<Integer, Long> offsets = new HashMap<>();
    await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach(
            (partition, offset) -> {
              if (offset != null && partition.topic().equals(topic)) {
                offsets.put(partition.partition(), offset.offset());
              }
            });
    return offsets;
  }

  /** Commits the next offset of each partition of a topic for a group that nobody is in. */
  void commit(String group, String topic, Map<Integer, Long> offsets) {
    Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            all.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
    await(admin.alterConsumerGroupOffsets(group, all).all());
  }

  /**
   * The members of a consumer group, by their clients' ids, and the host that each connects from.
   *
   * @throws KafkaException if the broker refuses, as it does where this user may not see the group
   */
  public Map<String, String> members(String group) {
    Map<String, String> hosts = new TreeMap<>();
    awaitUnless(
            GroupIdNotFoundException.class,
            admin.describeConsumerGroups(List.of(group)).describedGroups().get(group))
        .map(ConsumerGroupDescription::members)
        .orElse(List.of())
        .forEach(member -> hosts.put(member.clientId(), member.host()));
    return hosts;
  }

  /**
   * The names of the consumer groups that begin so.
   *
   * @throws KafkaException if the broker refuses
   */
  public List<String> groups(String prefix) {
    return await(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all()).stream()
        .map(GroupListing::groupId)
        .filter(group -> group.startsWith(prefix))
        .toList();
  }

  /**
   * What a topic holds now, and which topic of that name it is.
   *
   * @throws MissingTopicException if it is not there
   */
  public TopicExtent extent(String topic) {
    TopicDescription description = describe(List.of(topic)).get(topic);
    List<TopicPartition> partitions =
        description.partitions().stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    return new TopicExtent(
        description.topicId(),
        offsets(partitions, OffsetSpec.earliest()),
        offsets(partitions, OffsetSpec.latest()));
  }

  /** The id of the topic that has the name now; fails where there is none. */
  public CompletionStage<Uuid> idOf(String topic) {
    return admin
        .describeTopics(List.of(topic))
        .topicNameValues()
        .get(topic)
        .toCompletionStage()
        .thenApply(TopicDescription::topicId);
  }

  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    await(admin.listOffsets(wanted).all())
        .forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
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
    if (cause instanceof RetriableException || cause instanceof AuthenticationException) {
      return new KafkaUnreachableException(bootstrapServers(), cause);
    }
    return new KafkaException(
        "Kafka at %s refused: %s".formatted(bootstrapServers(), cause.getMessage()), cause);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
