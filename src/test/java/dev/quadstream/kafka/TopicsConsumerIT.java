package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.image.TestingFullHeap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsConsumerIT {

  private static final Topics TOPICS = new Topics("recent.");
  private static final long DEADLINE_NANOS = Duration.ofMinutes(2).toNanos();

  @TempDir private static Path directory;

  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() {
    broker = KafkaBroker.start(directory.resolve("data"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(TOPICS, 1, 1);
    }
    send(TOPICS.reports(), 10);
    send(TOPICS.models(), 2);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void eachTopicIsReadFromSoManyRecordsBeforeItsEnd() {
    try (TopicsConsumer records = open(Map.of(TOPICS.reports(), 3L, TOPICS.models(), 100L))) {
      assertThat(take(records, 5))
          .containsExactlyInAnyOrder(
              "recent.reports 7",
              "recent.reports 8",
              "recent.reports 9",
              "recent.models 0",
              "recent.models 1");
    }
  }

  @Test
  void hasCaughtUpOnceWhatTheTopicsHeldIsHandedOutWhateverComesAfter() {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(new Topics("grows."), 1, 1);
    }
    send("grows.reports", 10);
    try (TopicsConsumer records = open(Map.of("grows.reports", 4L, "grows.models", 4L))) {
      send("grows.reports", 10);

      assertThat(records.hasCaughtUp()).isFalse();
      assertThat(take(records, 14)).hasSize(14);
      assertThat(records.hasCaughtUp()).isTrue();

      send("grows.reports", 10);
      assertThat(records.hasCaughtUp()).isTrue();
    }
  }

  @Test
  void partitionsThatAreAddedAreReadFromTheirFirstRecordByAllWhoFollowTheTopic() throws Exception {
    String topic = "wider.reports";
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(new Topics("wider."), 1, 1);
    }
    send(topic, 2);
    commit("wide reader", topic, 2);
    try (TopicsConsumer records = open(Map.of(topic, 10L));
        TopicReader reader = new TopicReader(broker.connection(), topic, TopicReader.Start.END);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        TopicAdmin topics = new TopicAdmin(broker.connection())) {
      assertThat(take(records, 2)).hasSize(2);
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
      // The controller has them before the broker tells clients of them.
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> topics.describe(List.of(topic)).get(topic).partitions().size() == 3);
      send(topic, 30);

      assertThat(take(records, 30)).hasSize(30);
      assertThat(TestingReads.take(reader, 30, Duration.ofMinutes(1)))
          .extracting(ConsumerRecord::partition)
          .contains(0, 1, 2);
      assertThat(topics.lag("wide reader", topic))
          .as("what waits in the new partitions is behind, too")
          .hasValue(30);
    }
  }

  @Test
  void whatCannotBeReadIsPassedOverAndNothingElseByAllWhoFollowTheTopic() throws Exception {
    String topic = "damaged.reports";
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(new Topics("damaged."), 1, 1);
    }
    TestingBatches.send(broker, topic, "a", "b");
    TestingBatches.send(broker, topic, "c", "d", "damaged", "f");
    TestingBatches.send(broker, topic, "g", "h");
    TestingBatches.send(broker, topic, "damaged, too");
    TestingBatches.damage(directory, topic, "key of damaged");
    TestingBatches.damage(directory, topic, "key of damaged, too");

    try (TopicsConsumer records = open(Map.of(topic, 10L, TOPICS.reports(), 1L))) {
      assertThat(take(records, 5))
          .containsExactlyInAnyOrder(
              "damaged.reports 0",
              "damaged.reports 1",
              "damaged.reports 6",
              "damaged.reports 7",
              "recent.reports 9");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                assertThat(records.poll(Duration.ofMillis(200))).isEmpty();
                return records.hasCaughtUp();
              });
    }
    try (TopicReader reader =
        new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING)) {
      assertThat(reader.readToEnd(Duration.ofMinutes(1)))
          .extracting(ConsumerRecord::offset)
          .containsExactly(0L, 1L, 6L, 7L);
      assertThat(reader.passedOver()).isEqualTo(5);
    }
    try (RecordLookup lookup = new RecordLookup(broker.connection())) {
      assertThat(lookup.find(topic, 0, 6, Duration.ofMinutes(1)))
          .hasValueSatisfying(found -> assertThat(found.value()).asString().isEqualTo("g"));
      assertThat(lookup.find(topic, 0, 4, Duration.ofMinutes(1))).isEmpty();
    }
  }

  /** What others hold is not a record's fault; what unpacks to more than the heap is. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip"})
  void noRecordIsPassedOverForAHeapThatIsFull(String compression) throws Exception {
    Topics topics = new Topics("full-" + compression + ".");
    String topic = topics.reports();
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
    ProducerRecord<byte[], byte[]> large = new ProducerRecord<>(topic, new byte[8 << 20]);
    TestingBatches.send(broker, compression, List.of(large, large));
    TestingBatches.send(broker, "gzip", List.of(new ProducerRecord<>(topic, new byte[160 << 20])));
    TestingBatches.send(broker, compression, List.of(large));

    String output =
        TestingFullHeap.outputOf(
            "192m", TestingFullHeapReader.class, broker.bootstrapServers(), topic);

    assertThat(output.lines().map(String::strip))
        .as(output)
        .contains(
            "full: [] read, 0 passed over, then out of memory",
            "roomy: [0, 1, 3] read, 1 passed over");
  }

  @Test
  void missingTopicsAreNamed() {
    assertThatThrownBy(() -> open(Map.of("recent.nothing", 1L)))
        .isInstanceOf(MissingTopicException.class)
        .hasMessageContaining("recent.nothing");
  }

  @Test
  void theLagOfAGroupIsWhatLiesBehindItsCommittedOffsets() {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      assertThat(admin.lag("nobody", TOPICS.reports())).isEmpty();
      commit("reader", TOPICS.reports(), 4);
      assertThat(admin.lag("reader", TOPICS.reports())).hasValue(6);
      assertThat(admin.lag("reader", TOPICS.models())).isEmpty();
    }
  }

  private static TopicsConsumer open(Map<String, Long> topics) {
    return TopicsConsumer.recent(broker.connection(), topics, Map.of());
  }

  private static List<String> take(TopicsConsumer records, int count) {
    List<String> taken = new ArrayList<>();
    long start = System.nanoTime();
    while (taken.size() < count && System.nanoTime() - start < DEADLINE_NANOS) {
      records
          .poll(Duration.ofMillis(200))
          .forEach(record -> taken.add(record.topic() + " " + record.offset()));
    }
    return taken;
  }

  private static void send(String topic, int count) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        producer.send(
            new ProducerRecord<>(topic, ("key-" + i).getBytes(UTF_8), new byte[] {(byte) i}));
      }
    }
  }

  private static void commit(String group, String topic, long offset) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker.bootstrapServers());
    settings.put("group.id", group);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)));
    }
  }
}
