package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
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
  private KafkaConnection kafka;

  @BeforeEach
  void startBroker() throws Exception {
    broker = KafkaBroker.start(directory, 0);
    kafka = broker.connection();
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      // The other one stays empty: its reader's thread does not rest when a stretch has been read.
      admin.create(topics, 2, 1);
    }
    produce(0, RECORDS);
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void whatIsToBeSkippedComesOutUnreadAndInItsPlaceAndNothingElseIsMissing() throws Exception {
    try (CloseableIterator<SourceRecord> records = read("0@0,0@5,0@10-12,0@19-22,1@3")) {
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
    damage(13);

    assertThatThrownBy(
            () -> {
              try (CloseableIterator<SourceRecord> records = read("")) {
                take(records, RECORDS);
              }
            })
        .hasStackTraceContaining(
            "Kafka's client cannot read partition 0 of topic it.images at offset 13 ")
        .hasStackTraceContaining("--set kafka.skip=0@13 makes it a dead letter");
    try (CloseableIterator<SourceRecord> records = read("0@13")) {
      assertThat(take(records, RECORDS))
          .extracting(SourceRecord::offset)
          .isEqualTo(offsets(0, RECORDS));
    }
  }

  private CloseableIterator<SourceRecord> read(String skipped) throws Exception {
    Configuration once = new Configuration();
    once.setString("restart-strategy.type", "none");
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.createLocalEnvironment(1, once);
    PipelineSettings settings = TestingJobs.settings(broker, directory, "kafka.skip", skipped);
    return flink
        .fromSource(
            KafkaConnectors.of(settings).images(),
            WatermarkStrategy.noWatermarks(),
            "images",
            RecordFormats.typeOf(RecordFormats.SOURCE_RECORD))
        .executeAndCollect();
  }

  private static List<SourceRecord> take(CloseableIterator<SourceRecord> records, int count) {
    List<SourceRecord> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(records.next());
    }
    return taken;
  }

  private static List<Long> offsets(long from, int count) {
    return Stream.iterate(from, offset -> offset + 1).limit(count).toList();
  }

  /** Each in a batch of its own, all of one partition. */
  private void produce(int from, int count) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = from; i < from + count; i++) {
        byte[] key = ("image-" + i).getBytes(UTF_8);
        byte[] value = ("content of " + i).getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topics.images(), 0, key, value));
        producer.flush();
      }
    }
  }

  /** As a disk may: the broker hands out what lies there. */
  private void damage(int image) throws Exception {
    Path log;
    try (Stream<Path> files = Files.walk(directory)) {
      log =
          files
              .filter(file -> file.endsWith("it.images-0/00000000000000000000.log"))
              .findFirst()
              .orElseThrow();
    }
    byte[] all = Files.readAllBytes(log);
    int place = new String(all, ISO_8859_1).indexOf("content of " + image);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(place);
      file.write('C');
    }
  }
}
