package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaBrokerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir static Path directory;

  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() {
    broker = KafkaBroker.start(directory.resolve("data"), 0);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void carriesAnImageFromTheProducerToTheParser() {
    Topics topics = created("carries.");
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
      producer.send("image-1", "Öre", "image/png", new byte[] {1, 2, 3}, 1234);
      producer.sendRemoval("image-2");
      producer.flush();
      assertThat(producer.acknowledged()).isEqualTo(2);
    }

    ImageRecordParser parser =
        new ImageRecordParser(
            1000,
            new CaptureTime(CaptureTime.USUALLY_AHEAD),
            ImageRecordParser.Unlabelled.DEAD_LETTER);
    List<ParsedRecord> parsed;
    try (TopicReader reader = fromBeginning(topics.images())) {
      parsed =
          reader.readToEnd(PATIENCE).stream().map(SourceRecord::of).map(parser::parse).toList();
    }
    assertThat(parsed)
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyInAnyOrder(
            new ImageReceived("image-1", "Öre", 1234, new byte[] {1, 2, 3}),
            new ImageRemoved("image-2"));
  }

  @Test
  void carriesTheLargestAllowedImages() {
    Topics topics = created("large.");
    byte[] image = new byte[Topics.MAX_MESSAGE_BYTES - 1000];
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
      producer.send("large", "label", "image/png", image, 1);
    }
    try (TopicReader reader = fromBeginning(topics.images())) {
      assertThat(TestingReads.take(reader, 1, PATIENCE).get(0).value()).hasSize(image.length);
    }
  }

  @Test
  void reportsAnImageThatIsTooLargeForTheTopic() {
    Topics topics = created("oversize.");
    KafkaImageProducer producer = new KafkaImageProducer(broker.connection(), topics.images());
    try (producer) {
      assertThatThrownBy(
              () -> {
                producer.send(
                    "huge", "label", "image/png", new byte[Topics.MAX_MESSAGE_BYTES + 1], 1);
                producer.flush();
              })
          .isInstanceOf(KafkaSendException.class)
          .hasMessageContaining("huge")
          .hasMessageContaining(topics.images());
      assertThat(producer.failed()).isEqualTo(1);
    }
  }

  @Test
  void createsTopicsOnceAndCompactsWhatIsKeyed() {
    Topics topics = new Topics("settings.");
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      assertThat(admin.create(topics, 3, 1)).containsExactlyInAnyOrderElementsOf(topics.all());
      assertThat(admin.create(topics, 5, 1)).isEmpty();

      assertThat(admin.describe(topics.all()).get(topics.images()).partitions()).hasSize(3);
      assertThat(admin.describe(topics.all()).get(topics.models()).partitions()).hasSize(1);
      assertThat(admin.describe(topics.all()).get(topics.releases()).partitions()).hasSize(1);
      assertThat(admin.describe(topics.all()).get(topics.labels()).partitions()).hasSize(3);
      assertThat(admin.settings(topics.labels())).containsEntry("cleanup.policy", "compact");
      assertThat(admin.settings(topics.embeddings())).containsEntry("cleanup.policy", "compact");
      assertThat(admin.settings(topics.releases())).containsEntry("cleanup.policy", "compact");
      assertThat(admin.settings(topics.models())).containsEntry("cleanup.policy", "compact");
      assertThat(admin.settings(topics.images()))
          .containsEntry("max.message.bytes", Integer.toString(Topics.MAX_MESSAGE_BYTES))
          .containsEntry("compression.type", "uncompressed");
      assertThat(admin.settings(topics.deadLetters()))
          .containsEntry("compression.type", "uncompressed")
          .containsEntry("retention.ms", Long.toString(Duration.ofDays(30).toMillis()));
      assertThat(admin.settings(topics.reports())).containsEntry("cleanup.policy", "delete");
    }
  }

  @Test
  void namesWhatTheBrokerRefuses() {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      assertThatThrownBy(() -> admin.create(new Topics("refused."), 1, 3))
          .isInstanceOf(KafkaException.class)
          .hasMessageContaining(broker.bootstrapServers())
          .hasMessageContaining("replication factor");
    }
  }

  @Test
  void namesMissingTopicsAndHowToCreateThem() {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      assertThatThrownBy(() -> admin.describe(List.of("absent.embeddings", "absent.images")))
          .isInstanceOf(MissingTopicException.class)
          .hasMessageContaining("'absent.embeddings', 'absent.images'")
          .hasMessageContaining(
              "kafka-topics.sh --bootstrap-server %s --create --topic absent.embeddings --config cleanup.policy=compact"
                  .formatted(broker.bootstrapServers()));
      assertThatThrownBy(() -> admin.settings("absent.models"))
          .isInstanceOf(MissingTopicException.class);
    }
  }

  @Test
  void saysThatNoBrokerIsThere() {
    String nowhere = "127.0.0.1:" + FreePorts.resolve(0);
    try (TopicAdmin admin = new TopicAdmin(KafkaConnection.to(nowhere), Duration.ofSeconds(2))) {
      assertThatThrownBy(() -> admin.describe(List.of("images")))
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessageContaining(nowhere);
    }
  }

  /** Kafka's client takes no time of a call that is shorter than that of a request. */
  @ParameterizedTest
  @CsvSource({"request.timeout.ms, 60000", "default.api.timeout.ms, 1000"})
  void whateverTimeUsersGiveClientsItIsReached(String property, String value) {
    KafkaConnection impatient = broker.connection().with(Map.of(property, value));
    try (TopicAdmin admin = new TopicAdmin(impatient, Duration.ofSeconds(5))) {
      assertThatCode(admin::requireReachable).doesNotThrowAnyException();
    }
  }

  @Test
  void sendsAndReadsAlsoWithoutIdempotenceAndWhereUsersCommit() {
    Topics topics = created("acks.");
    KafkaConnection kafka =
        broker.connection().with(Map.of("acks", "1", "enable.auto.commit", "true"));
    try (KafkaImageProducer producer = new KafkaImageProducer(kafka, topics.images())) {
      producer.sendRemoval("image");
    }
    try (TopicReader reader =
        new TopicReader(kafka, topics.images(), TopicReader.Start.BEGINNING)) {
      assertThat(reader.readToEnd(PATIENCE)).hasSize(1);
    }
  }

  @Test
  void saysThatABrokerWentAwayWhileItsTopicWasRead(@TempDir Path home) {
    Topics topics = new Topics("");
    KafkaBroker lost = KafkaBroker.start(home, 0);
    KafkaConnection kafka = lost.connection().with(Map.of("default.api.timeout.ms", "2000"));
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      admin.create(topics, 1, 1);
    }
    try (KafkaImageProducer producer = new KafkaImageProducer(kafka, topics.images())) {
      // More than the client fetches ahead.
      for (int i = 0; i < 60; i++) {
        producer.send("image-" + i, null, "image/png", new byte[200_000], 1);
      }
    }
    try (RecordLookup lookup = new RecordLookup(kafka);
        TopicReader reader = new TopicReader(kafka, topics.images(), TopicReader.Start.BEGINNING)) {
      AtomicBoolean isThere = new AtomicBoolean(true);
      assertThatThrownBy(
              () ->
                  reader.forEachToEnd(
                      Duration.ofSeconds(3),
                      record -> {
                        if (isThere.getAndSet(false)) {
                          lost.close();
                        }
                        return true;
                      }))
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessageContaining(lost.bootstrapServers())
          .hasMessageContaining("'images'");
      assertThatThrownBy(() -> reader.readToEnd(PATIENCE))
          .isInstanceOf(KafkaUnreachableException.class);
      assertThatThrownBy(() -> lookup.find(topics.images(), 0, 0, PATIENCE))
          .isInstanceOf(KafkaUnreachableException.class);
    }
  }

  @Test
  void saysThatAnAddressCannotBeResolved() {
    assertThatThrownBy(() -> new TopicAdmin(KafkaConnection.to("no-such-host.invalid:9092")))
        .isInstanceOf(KafkaUnreachableException.class)
        .hasMessageContaining("no-such-host.invalid:9092");
    assertThatThrownBy(
            () -> new KafkaImageProducer(KafkaConnection.to("no-such-host.invalid:9092"), "images"))
        .isInstanceOf(KafkaUnreachableException.class);
  }

  @Test
  void saysThatTheTopicToReadIsMissing() {
    assertThatThrownBy(() -> fromBeginning("nothing-here"))
        .isInstanceOf(MissingTopicException.class)
        .hasMessageContaining("nothing-here");
  }

  @Test
  void readsFromTheEndOnlyWhatComesAfterwards() {
    Topics topics = created("end.");
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      send(producer, topics.embeddings(), "before");
      producer.flush();
      try (TopicReader reader =
          new TopicReader(broker.connection(), topics.embeddings(), TopicReader.Start.END)) {
        assertThat(reader.next(Duration.ofMillis(300))).isEmpty();
        send(producer, topics.embeddings(), "after");
        producer.flush();
        assertThat(idOf(TestingReads.take(reader, 1, PATIENCE).get(0))).isEqualTo("after");
      }
    }
  }

  @Test
  void aReaderIsClosedInOrderAlsoOnAnInterruptedThread() {
    TopicReader reader = fromBeginning(created("interrupted.").reports());
    assertThat(reader.next(Duration.ofMillis(300))).isEmpty();

    Thread.currentThread().interrupt();

    assertThatCode(reader::close).doesNotThrowAnyException();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void readsCommittedTransactionsOnly() {
    Topics topics = created("transactions.");
    try (KafkaProducer<byte[], byte[]> producer =
            producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "test"));
        TopicReader reader = fromBeginning(topics.embeddings())) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, topics.embeddings(), "aborted");
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, topics.embeddings(), "committed");
      producer.commitTransaction();

      assertThat(idOf(TestingReads.take(reader, 1, PATIENCE).get(0))).isEqualTo("committed");
      assertThat(reader.readToEnd(PATIENCE)).isEmpty();
    }
  }

  @Test
  void keepsItsDataAndClusterIdOverARestart(@TempDir Path home) throws Exception {
    Topics topics = new Topics("");
    String clusterId;
    try (KafkaBroker first = KafkaBroker.start(home, 0);
        TopicAdmin admin = new TopicAdmin(first.connection())) {
      admin.create(topics, 1, 1);
      clusterId = clusterIdOf(first);
      try (KafkaImageProducer producer =
          new KafkaImageProducer(first.connection(), topics.images())) {
        producer.send("kept", "label", "image/png", new byte[] {7}, 1);
      }
    }
    try (KafkaBroker second = KafkaBroker.start(home, 0);
        TopicReader reader =
            new TopicReader(second.connection(), topics.images(), TopicReader.Start.BEGINNING)) {
      assertThat(clusterIdOf(second)).isEqualTo(clusterId);
      assertThat(reader.readToEnd(PATIENCE))
          .extracting(record -> new String(record.key(), UTF_8))
          .containsExactly("kept");
    }
  }

  private static String clusterIdOf(KafkaBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      return admin.describeCluster().clusterId().get();
    }
  }

  @Test
  void saysWhyItDoesNotStart(@TempDir Path home) throws Exception {
    int taken = portOf(broker.bootstrapServers());
    assertThatThrownBy(() -> KafkaBroker.start(home.resolve("data"), taken))
        .isInstanceOf(KafkaBrokerException.class)
        .hasMessageContaining("port " + taken)
        .hasMessageContaining(home.toString());

    Path file = Files.createFile(home.resolve("file"));
    assertThatThrownBy(() -> KafkaBroker.start(file.resolve("data"), 0))
        .isInstanceOf(KafkaBrokerException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> KafkaBroker.start(home.resolve("a,b"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comma");
  }

  private static Topics created(String prefix) {
    Topics topics = new Topics(prefix);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
    return topics;
  }

  private static TopicReader fromBeginning(String topic) {
    return new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING);
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, String> overrides) {
    return new KafkaProducer<>(
        broker.connection().settings(overrides),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, String id) {
    var unused =
        producer.send(
            new EmbeddingMessage("run-1", id, "label", 1, 1L, 1, new float[] {1})
                .toProducerRecord(topic));
  }

  static int portOf(String bootstrapServers) {
    return Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
  }

  private static String idOf(ConsumerRecord<byte[], byte[]> record) {
    return EmbeddingMessage.fromJson(record.value()).id();
  }
}
