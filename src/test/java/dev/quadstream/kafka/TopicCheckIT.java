package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicCheckIT {

  private static final int EMBEDDING_SIZE = 64;

  @TempDir static Path directory;
  private static KafkaBroker broker;
  private static int prefixes;

  private Topics topics;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    topics = new Topics("check-" + prefixes++ + ".");
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
  }

  @Test
  void topicsOfOurOwnMakingFit() {
    assertThat(findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "embeddings, max.message.bytes, 2000, true",
    "models, max.message.bytes, 2000, true",
    "reports, max.message.bytes, 2000, true",
    "dead-letters, max.message.bytes, 16000, true",
    "dead-letters, cleanup.policy, compact, true",
    "dead-letters, max.message.bytes, 1048588, false",
    "labels, cleanup.policy, delete, false",
    "embeddings, cleanup.policy, delete, false",
    "models, cleanup.policy, 'compact,delete', false",
    "reports, cleanup.policy, compact, false",
    "images, compression.type, producer, false",
    "labels, compression.type, producer, false",
    "models, compression.type, zstd, false",
    "releases, compression.type, gzip, false"
  })
  void namesWhatDoesNotFitAndTheCommandThatMendsIt(
      String topic, String setting, String value, boolean fatal) throws Exception {
    alter(topics.prefix() + topic, setting, value);

    // The controller answers before the broker knows.
    await().untilAsserted(() -> assertThat(findings()).isNotEmpty());
    assertThat(findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.fatal()).isEqualTo(fatal);
              assertThat(finding.message())
                  .startsWith("Topic '" + topics.prefix() + topic + "'")
                  .contains("kafka-configs.sh --bootstrap-server " + broker.bootstrapServers())
                  .contains("--add-config " + setting + "=");
            });
  }

  @Test
  void fewerCopiesThanMustBeInSyncAreRefusedWithTheWayToMore() throws Exception {
    alter(topics.reports(), "min.insync.replicas", "2");
    await().untilAsserted(() -> assertThat(findings()).isNotEmpty());
    assertThat(findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fatal()).isTrue();
              assertThat(finding.message())
                  .contains(topics.reports(), "has 1 replicas", "topics create --replication 2");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"zstd", "gzip", "lz4", "snappy"})
  void whatTheJobReadsTakesNothingThatExpandsBeyondItsLimit(String compression) {
    for (String topic :
        List.of(topics.images(), topics.labels(), topics.models(), topics.releases())) {
      assertThatThrownBy(
              () ->
                  send(
                      compression,
                      new ProducerRecord<>(
                          topic, new byte[] {1}, new byte[Topics.MAX_MESSAGE_BYTES + 1])))
          .as(topic)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(RecordTooLargeException.class);
    }
  }

  @Test
  void norMillionsOfHeadersThatPackIntoAlmostNothing() {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topics.images(), new byte[1]);
    for (int i = 0; i < Topics.MAX_MESSAGE_BYTES / 2; i++) {
      record.headers().add(new RecordHeader("", (byte[]) null));
    }
    assertThatThrownBy(() -> send("zstd", record))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RecordTooLargeException.class);
  }

  private static void send(String compression, ProducerRecord<byte[], byte[]> record)
      throws Exception {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "compression.type", compression,
            "buffer.memory", Integer.toString(200 << 20),
            "max.request.size", Integer.toString(200 << 20)));
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  @Test
  void aTransactionThatMayStayOpenForLongerThanTheBrokerAllowsIsNamed() {
    assertThat(findings(Duration.ofHours(2))).isEmpty();
    assertThat(findings(Duration.ofHours(3)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fatal()).isTrue();
              assertThat(finding.message()).contains("10800000", "7200000");
            });
  }

  private List<TopicCheck.Finding> findings() {
    return findings(Duration.ZERO);
  }

  private List<TopicCheck.Finding> findings(Duration transactions) {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      return TopicCheck.of(admin, topics, EMBEDDING_SIZE, transactions);
    }
  }

  private static void alter(String topic, String setting, String value) throws Exception {
    Collection<AlterConfigOp> operations =
        List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), operations))
          .all()
          .get();
    }
  }
}
