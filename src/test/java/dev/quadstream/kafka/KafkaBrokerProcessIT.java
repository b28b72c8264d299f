package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class KafkaBrokerProcessIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Topics TOPICS = new Topics("");

  @TempDir Path directory;

  @Test
  void keepsCommittedDataWhenItIsKilled() throws Exception {
    KafkaBrokerProcess first = start(0);
    int port = KafkaBrokerIT.portOf(first.bootstrapServers());
    try (TopicAdmin admin = new TopicAdmin(first.connection())) {
      admin.create(TOPICS, 1, 1);
    }
    try (KafkaProducer<byte[], byte[]> producer = transactional(first, "writer")) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, "committed");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "open");
      producer.flush();

      first.kill();
      assertThat(first.isAlive()).isFalse();
      producer.close(Duration.ZERO);
    }

    try (KafkaBrokerProcess second = start(port);
        KafkaProducer<byte[], byte[]> producer = transactional(second, "writer")) {
      assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
      // Ends the transaction that the crash left open, as a restarted job does.
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, "after");
      producer.commitTransaction();
      try (TopicReader reader =
          new TopicReader(second.connection(), TOPICS.embeddings(), TopicReader.Start.BEGINNING)) {
        List<String> ids =
            TestingReads.take(reader, 2, PATIENCE).stream()
                .map(record -> EmbeddingMessage.fromJson(record.value()).id())
                .toList();
        assertThat(ids).containsExactly("committed", "after");
        assertThat(reader.readToEnd(PATIENCE)).isEmpty();
      }
    }
  }

  @Test
  void outlivesWhatEndsItsWholeProcessGroupAndStopsCleanlyWhenClosed() throws Exception {
    KafkaBrokerProcess broker = start(0);
    try (broker) {
      for (String signal : List.of("-INT", "-TERM")) {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(broker.pid())).start();
        assertThat(kill.waitFor()).isZero();
      }
      try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
        assertThat(admin.create(TOPICS, 1, 1)).hasSize(8);
      }
      assertThat(broker.isAlive()).isTrue();
    }
    assertThat(broker.isAlive()).isFalse();
    assertThat(Files.readString(directory.resolve("logs").resolve(KafkaBrokerProcess.LOG_FILE)))
        .contains("shut down completed")
        .doesNotContain("ERROR");
  }

  @Test
  void diesWithTheProgramThatStartedIt() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                TestingBrokerParent.class.getName(),
                directory.resolve("data").toString(),
                directory.resolve("logs").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      long pid = Long.parseLong(parent.inputReader().readLine());
      ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
      assertThat(child.isAlive()).isTrue();

      parent.destroyForcibly();

      assertThat(child.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS).isAlive()).isFalse();
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void showsTheEndOfItsLogWhenItDoesNotComeUp() throws Exception {
    Path file = Files.createFile(directory.resolve("not-a-directory"));
    assertThatThrownBy(
            () -> KafkaBrokerProcess.launch(file, 0, directory.resolve("logs")).awaitReady())
        .isInstanceOf(KafkaBrokerException.class)
        .hasMessageContaining(directory.resolve("logs").resolve("kafka-broker.log").toString())
        .hasMessageContaining("did not start")
        .hasMessageContaining(file.toString());
  }

  private KafkaBrokerProcess start(int port) {
    return KafkaBrokerProcess.launch(directory.resolve("data"), port, directory.resolve("logs"))
        .awaitReady();
  }

  private static KafkaProducer<byte[], byte[]> transactional(
      KafkaBrokerProcess broker, String transactionalId) {
    Properties settings = new Properties();
    settings.setProperty(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    settings.setProperty(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String id) throws Exception {
    producer
        .send(
            new EmbeddingMessage("run-1", id, "label", 1, 1L, 1, new float[] {1})
                .toProducerRecord(TOPICS.embeddings()))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
