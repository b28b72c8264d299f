package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TestingBatches;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.NetworkConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is passed over unread, and what cannot be read, of a real broker's topic. */
@Tag("long")
class UnreadRecordsIT {

  private static final int RECORDS = 20;

  @TempDir private Path directory;

  private final Topics topics = new Topics("it.");
  private KafkaBroker broker;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void startBroker() throws Exception {
    broker = KafkaBroker.start(directory, 0);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      // The other one stays empty: its reader's thread does not rest when a stretch has been read.
      admin.create(topics, 2, 1);
    }
    produce(0, RECORDS);
  }

  @AfterEach
  void stopBroker() {
    producer.close();
    broker.close();
  }

  @Test
  void whatIsToBeSkippedComesOutUnreadAndInItsPlaceAndNothingElseIsMissing() throws Exception {
    try (CloseableIterator<SourceRecord> records = images("0@0,0@5,0@10-12,0@19-22,1@3")) {
      List<SourceRecord> first = take(records, RECORDS);
      // Not written as the job began, so they are not passed over.
      produce(RECORDS, 5);
      List<SourceRecord> then = take(records, 5);

      assertThat(first).extracting(SourceRecord::offset).isEqualTo(offsets(0, RECORDS));
      assertThat(first.stream().filter(record -> record.value().length == 0))
          .extracting(SourceRecord::offset)
          .containsExactly(0L, 5L, 10L, 11L, 12L, 19L);
      assertThat(first.get(5).headers())
          .singleElement()
          .satisfies(
              header -> {
                assertThat(header.key()).isEqualTo(HeaderNames.FULL_RECORD);
                assertThat(new String(header.value(), UTF_8)).isEqualTo("it.images-0-5");
              });
      assertThat(then).extracting(SourceRecord::offset).isEqualTo(offsets(RECORDS, 5));
      assertThat(then).allMatch(record -> record.value().length > 0);
    }
  }

  @Test
  void aRecordThatCannotBeReadIsNamedAndOnceItIsSkippedTheOthersAreRead() throws Exception {
    TestingBatches.damage(directory, topics.images(), "content of 13");

    assertThatThrownBy(() -> takeAndClose(images(""), RECORDS))
        .hasStackTraceContaining(
            "Kafka's client cannot read partition 0 of topic it.images at offset 13 ")
        .hasStackTraceContaining("--set kafka.skip=0@13 passes over it");
    assertThat(takeAndClose(images("0@13"), RECORDS))
        .extracting(SourceRecord::offset)
        .isEqualTo(offsets(0, RECORDS));
  }

  @Test
  void aBatchThatCannotBeReadIsNamedAsAWhole() throws Exception {
    TestingBatches.send(broker, topics.images(), "20", "21", "22", "23 is damaged", "24");
    TestingBatches.damage(directory, topics.images(), "23 is damaged");
    produce(RECORDS + 5, 1);

    assertThatThrownBy(() -> takeAndClose(images(""), RECORDS + 6))
        .hasStackTraceContaining("partition 0 of topic it.images at offsets 20 to 24 ")
        .hasStackTraceContaining("--set kafka.skip=0@20-24 passes over it");
    assertThat(takeAndClose(images("0@20-24"), RECORDS + 6))
        .extracting(SourceRecord::offset)
        .isEqualTo(offsets(0, RECORDS + 6));
  }

  @Test
  void aLabelThatCannotBeReadIsPassedOverSo() throws Exception {
    produce(topics.labels(), 0, 3);
    TestingBatches.damage(directory, topics.labels(), "content of 1");

    assertThatThrownBy(() -> takeAndClose(labels(""), 3))
        .hasStackTraceContaining("partition 0 of topic it.labels at offset 1 ")
        .hasStackTraceContaining("--set kafka.skip=labels/0@1 passes over it");
    List<SourceRecord> labels = takeAndClose(labels("0@5,labels/0@1"), 3);
    assertThat(labels).extracting(SourceRecord::offset).containsExactly(0L, 1L, 2L);
    assertThat(labels).extracting(label -> label.value().length).containsExactly(12, 0, 12);
  }

  @Test
  void aCommandThatCannotBeReadIsPassedOverSo() throws Exception {
    List<ReleaseCommand> sent =
        Stream.of("first", "second", "third").map(UnreadRecordsIT::command).toList();
    for (ReleaseCommand command : sent) {
      produce(topics.releases(), command.key(), JsonMessages.write(command));
    }
    TestingBatches.damage(directory, topics.releases(), "\"id\":\"second");

    assertThatThrownBy(() -> takeAndClose(commands(""), 3))
        .hasStackTraceContaining("--set kafka.skip=releases/0@1 passes over it");
    assertThat(takeAndClose(commands("releases/0@1"), 2)).containsExactly(sent.get(0), sent.get(2));
  }

  @Test
  void anAnnouncedModelThatCannotBeReadIsPassedOverSo() throws Exception {
    List<ModelManifest> sent = Stream.of(1L, 2L, 3L).map(UnreadRecordsIT::manifest).toList();
    for (ModelManifest manifest : sent) {
      produce(topics.models(), manifest.identity().name(), JsonMessages.write(manifest));
    }
    TestingBatches.damage(directory, topics.models(), "\"version\":2");

    assertThatThrownBy(() -> takeAndClose(models(""), 3))
        .hasStackTraceContaining("--set kafka.skip=models/0@1 passes over it");
    assertThat(takeAndClose(models("models/0@0-1"), 1)).containsExactly(sent.get(2));
  }

  private static ReleaseCommand command(String id) {
    return new ReleaseCommand(
        id, NetworkConfig.NAME.defaultValue(), "run", ReleaseCommand.Action.HOLD, null, null, 0, 0);
  }

  private static ModelManifest manifest(long version) {
    return ModelManifest.draft(
        new ModelManifest.Identity(NetworkConfig.NAME.defaultValue(), "run", version),
        version - 1,
        0,
        new ModelManifest.Network("hash", "small", "learned", 64, "1x28x28", null),
        new ModelManifest.Margins(1, 0.5),
        Map.of());
  }

  private CloseableIterator<SourceRecord> images(String skipped) throws Exception {
    return read(connectors(skipped).images(), RecordFormats.typeOf(RecordFormats.SOURCE_RECORD));
  }

  private CloseableIterator<SourceRecord> labels(String skipped) throws Exception {
    return read(connectors(skipped).labels(), RecordFormats.typeOf(RecordFormats.SOURCE_RECORD));
  }

  private CloseableIterator<ModelManifest> models(String skipped) throws Exception {
    return read(
        connectors(skipped).publishedModels(), RecordFormats.typeOf(RecordFormats.MANIFEST));
  }

  private CloseableIterator<ReleaseCommand> commands(String skipped) throws Exception {
    return read(
        connectors(skipped).releaseCommands(), RecordFormats.typeOf(RecordFormats.RELEASE_COMMAND));
  }

  private JobConnectors connectors(String skipped) {
    return KafkaConnectors.of(TestingJobs.settings(broker, directory, "kafka.skip", skipped));
  }

  private static <T> CloseableIterator<T> read(Source<T, ?, ?> source, TypeInformation<T> type)
      throws Exception {
    Configuration once = new Configuration();
    once.setString("restart-strategy.type", "none");
    return StreamExecutionEnvironment.createLocalEnvironment(1, once)
        .fromSource(source, WatermarkStrategy.noWatermarks(), "records", type)
        .executeAndCollect();
  }

  private static <T> List<T> takeAndClose(CloseableIterator<T> records, int count)
      throws Exception {
    try (records) {
      return take(records, count);
    }
  }

  private static <T> List<T> take(CloseableIterator<T> records, int count) {
    List<T> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(records.next());
    }
    return taken;
  }

  private static List<Long> offsets(long from, int count) {
    return Stream.iterate(from, offset -> offset + 1).limit(count).toList();
  }

  private void produce(int from, int count) {
    produce(topics.images(), from, count);
  }

  private void produce(String topic, int from, int count) {
    for (int i = from; i < from + count; i++) {
      produce(topic, "image-" + i, ("content of " + i).getBytes(UTF_8));
    }
  }

  /** In a batch of its own, all of one partition. */
  private void produce(String topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic, 0, key.getBytes(UTF_8), value));
    producer.flush();
  }
}
