package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.launch.StartingPoint;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowReport;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The topics that the job reads change under it: nothing is passed over in silence. */
@Tag("long")
class LostOffsetsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int WINDOW_IMAGES = 16;

  @TempDir private Path directory;

  private final Topics topics = new Topics("it.");
  private final IconStream icons = IconStream.ofSeed(5);
  private KafkaBroker broker;

  @Test
  void aTopicMadeAnewAndOffsetsThatAreGoneAreToldAndEverythingElseIsRead() throws Exception {
    try (KafkaBroker started = KafkaBroker.start(directory.resolve("kafka"), 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", started.bootstrapServers()))) {
      broker = started;
      createTopics();
      PipelineSettings settings =
          TestingJobs.settings(broker, directory, "window.images", Integer.toString(WINDOW_IMAGES));
      RunningJob job = start(settings, null);
      produce("old", 2 * WINDOW_IMAGES);
      awaitImages(job, "old", 2 * WINDOW_IMAGES);
      awaitCheckpoint();

      // More than had been read of the former: its next offset is one of the new topic, too.
      admin.deleteTopics(List.of(topics.images())).all().get();
      createTopics();
      produce("new", 4 * WINDOW_IMAGES);
      awaitImages(job, "new", 4 * WINDOW_IMAGES);
      assertThat(gone()).singleElement().asString().contains("deleted and made anew");

      job.stopWithSavepoint(directory.resolve("elsewhere").toString(), PATIENCE);
      job.await();
      produce("lost", WINDOW_IMAGES);
      produce("kept", 2 * WINDOW_IMAGES);
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(topics.images(), 0),
                  RecordsToDelete.beforeOffset(5L * WINDOW_IMAGES)))
          .all()
          .get();
      job = start(settings, new StartingPoint(settings).resolve("latest", false));
      awaitImages(job, "kept", 2 * WINDOW_IMAGES);
      job.cancel();

      assertThat(gone())
          .hasSize(2)
          .last()
          .asString()
          .contains("Offsets 64 to 79 of partition 0 of topic it.images, 16 records, were gone");
      List<PartitionLedger> ledgers =
          reports().stream().flatMap(report -> report.details().ledger().stream()).toList();
      assertThat(ledgers).allMatch(entry -> entry.unaccounted() == 0);
      assertThat(ledgers.get(ledgers.size() - 1).deadLetters())
          .as("what is gone counts")
          .isEqualTo(WINDOW_IMAGES);
    }
  }

  @Test
  @Timeout(300)
  void labelsOfATopicThatWasMadeAnewWhileTheJobStoodAreReadFromTheFirstOn() throws Exception {
    try (KafkaBroker started = KafkaBroker.start(directory.resolve("kafka"), 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", started.bootstrapServers()))) {
      broker = started;
      createTopics();
      PipelineSettings settings = TestingJobs.settings(broker, directory);
      RunningJob job = start(settings, null);
      produceBlankLabels("old", 3);
      awaitDeadLetters(job, "old", 3);
      String savepoint = job.stopWithSavepoint(directory.resolve("elsewhere").toString(), PATIENCE);
      job.await();

      admin.deleteTopics(List.of(topics.labels())).all().get();
      createTopics();
      produceBlankLabels("new", 6);
      job = start(settings, savepoint);
      awaitDeadLetters(job, "new", 6);
      job.cancel();

      assertThat(gone())
          .singleElement()
          .asString()
          .contains("Topic it.labels was deleted and made anew");
    }
  }

  @Test
  @Timeout(300)
  void aSavepointOfOtherTopicsEndsTheJobForGood() throws Exception {
    try (KafkaBroker started = KafkaBroker.start(directory.resolve("kafka"), 0)) {
      broker = started;
      createTopics();
      PipelineSettings settings =
          TestingJobs.settings(broker, directory, "window.images", Integer.toString(WINDOW_IMAGES));
      RunningJob job = start(settings, null);
      produce("old", WINDOW_IMAGES);
      awaitImages(job, "old", WINDOW_IMAGES);
      String savepoint = job.stopWithSavepoint(directory.resolve("elsewhere").toString(), PATIENCE);
      job.await();
      try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
        admin.create(new Topics("moved."), 1, 1);
      }

      RunningJob moved = start(settings.with(KafkaConfig.TOPIC_PREFIX, "moved."), savepoint);

      assertThatThrownBy(moved::await)
          .hasStackTraceContaining("reads topic it.")
          .hasStackTraceContaining("kafka.topic-prefix it would be moved.")
          .matches(
              failure ->
                  ExceptionUtils.findThrowable(failure, StartRefusedException.class).isPresent());
    }
  }

  private RunningJob start(PipelineSettings settings, String from) throws Exception {
    return JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", from);
  }

  /** Those that are not there; one that was deleted may take its time to go. */
  private void createTopics() {
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      await().atMost(PATIENCE).until(() -> !admin.create(topics, 1, 1).isEmpty());
    }
  }

  /** Labels that say nothing: each becomes a dead letter. */
  private void produceBlankLabels(String ids, int count) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        byte[] id = (ids + "-" + i).getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topics.labels(), id, " ".getBytes(UTF_8)));
      }
    }
  }

  private void awaitDeadLetters(RunningJob job, String ids, int count) {
    List<String> expected = IntStream.range(0, count).mapToObj(i -> ids + "-" + i).toList();
    TestingJobs.await(
        job,
        () ->
            assertThat(
                    read(topics.deadLetters()).stream()
                        .filter(letter -> letter.key() != null)
                        .map(letter -> new String(letter.key(), UTF_8)))
                .containsAll(expected));
  }

  private void produce(String ids, int count) {
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
      for (int i = 0; i < count; i++) {
        EncodedImage icon = icons.next();
        producer.send(ids + "-" + i, icon.label(), icon.contentType(), icon.bytes(), i);
      }
      producer.flush();
    }
  }

  /** Without one, a restart is a start: it knows of no topic that was there before. */
  private void awaitCheckpoint() {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (Stream<Path> files = Files.walk(directory.resolve("checkpoints"))) {
                return files.anyMatch(file -> file.endsWith("_metadata"));
              } catch (UncheckedIOException e) {
                // A checkpoint that another one replaced is being deleted.
                return false;
              }
            });
  }

  private void awaitImages(RunningJob job, String ids, int count) {
    Set<String> expected =
        IntStream.range(0, count).mapToObj(i -> ids + "-" + i).collect(Collectors.toSet());
    TestingJobs.await(
        job,
        () ->
            assertThat(
                    read(topics.embeddings()).stream()
                        .map(message -> new String(message.key(), UTF_8)))
                .containsAll(expected));
  }

  /** Why dead letters say that something is gone. */
  private List<String> gone() {
    return read(topics.deadLetters()).stream()
        .filter(letter -> header(letter, HeaderNames.ERROR_CLASS).equals("offsets-gone"))
        .map(letter -> header(letter, HeaderNames.ERROR_MESSAGE))
        .distinct()
        .toList();
  }

  private static String header(ConsumerRecord<byte[], byte[]> message, String name) {
    return new String(message.headers().lastHeader(name).value(), UTF_8);
  }

  private List<WindowReport> reports() {
    return read(topics.reports()).stream().map(TestingJobs::report).toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (TopicReader reader =
        new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE);
    }
  }
}
