package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
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
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.WindowReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Windows in event time between a real broker's topics, under clocks of every kind: images in
 * reports + dead letters + removals = records sent.
 */
@Tag("long")
class EventTimeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int PARTITIONS = 2;
  private static final long YEAR = Duration.ofDays(365).toMillis();

  @TempDir Path directory;

  private final Topics topics = new Topics("it.");
  private final IconStream icons = IconStream.ofSeed(5);
  private KafkaBroker broker;
  private KafkaImageProducer producer;
  private RunningJob job;
  private int sent;

  @BeforeEach
  void startBroker() throws Exception {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, PARTITIONS, (short) 1);
    }
    producer = new KafkaImageProducer(broker.connection(), topics.images());
  }

  @AfterEach
  void stopBroker() {
    producer.close();
    broker.close();
  }

  @Test
  void clocksThatGoWrongLoseNothingAndHoldNothingBack() throws Exception {
    start();
    long now = System.currentTimeMillis();
    send("ok", 60, i -> now + 100 * i);
    send("future", 3, i -> 999_999_999_999_999L);
    send("days-ahead", 2, i -> now + Duration.ofDays(2).toMillis());
    awaitImages(20);
    send("seconds", 10, i -> now / 1_000 + i);
    send("later", 60, i -> now + 6_000 + 100 * i);
    awaitImages(60);
    send("late", 20, i -> now - Duration.ofHours(1).toMillis() - i);
    send("latest", 60, i -> now + 12_000 + 100 * i);
    drain();

    assertThat(imagesInReports()).isEqualTo(180);
    assertThat(deadLettersByReason())
        .isEqualTo(
            Map.of(
                "captured-at-in-future", 5L,
                "captured-at-in-seconds", 10L,
                "late", 20L));
    assertThat(deadLetters())
        .as("byte for byte, also those that were late")
        .allMatch(letter -> letter.value().length > 100);
    assertThat(imagesInReports() + deadLetters().size()).isEqualTo(sent);
    assertLedgerBalances();
  }

  @Test
  void aRemovalDuringAReplayOfOldImagesMakesNoneOfThemLate() throws Exception {
    start();
    long then = System.currentTimeMillis() - YEAR;
    send("first", 60, i -> then + 100 * i);
    for (int i = 0; i < 4; i++) {
      producer.sendRemoval("first-" + i);
    }
    send("second", 60, i -> then + 6_000 + 100 * i);
    awaitImages(60);
    send("third", 60, i -> then + 12_000 + 100 * i);
    drain();

    assertThat(deadLetters()).isEmpty();
    assertThat(imagesInReports()).isEqualTo(180);
    assertLedgerBalances();
    assertThat(reports().stream().mapToInt(report -> report.images().removed()).sum()).isEqualTo(4);
    List<String> left = idsOnEmbeddings();
    assertThat(left)
        .contains("first-4", "second-1", "third-59")
        .doesNotContain("first-0", "first-3");
  }

  @Test
  void aBurstIsCutIntoWindowsOfTheMostThatOneMayHold() throws Exception {
    start("window.max-images", "100", "window.timeout", "5 s");
    long now = System.currentTimeMillis();
    send("burst", 1_500, i -> now + i);
    drain();

    assertThat(imagesInReports()).isEqualTo(1_500);
    assertThat(deadLetters()).isEmpty();
    assertThat(reports()).allMatch(report -> report.images().arrived() <= 100);
  }

  /** With more readers than partitions, too: one that has none holds nobody back. */
  @Test
  void aPartitionWhoseClockStandsHoldsBackNoOther() throws Exception {
    start("parallelism", "3", "source.idleness", "500 ms");
    long now = System.currentTimeMillis();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              sendAs(idIn(0), now - Duration.ofDays(1).toMillis());
              sendAs(idIn(1), now + 250L * sent);
              producer.flush();
              return imagesInReports() >= 40;
            });
    drain();

    assertThat(deadLettersByReason().keySet()).isEqualTo(Set.of("late"));
    assertThat(imagesInReports() + deadLetters().size()).isEqualTo(sent);
    assertLedgerBalances();
  }

  /** An id that no image has yet, of the partition. */
  private String idIn(int partition) {
    return IntStream.iterate(0, salt -> salt + 1)
        .mapToObj(salt -> "image-" + sent + "-" + salt)
        .filter(id -> Utils.toPositive(Utils.murmur2(id.getBytes(UTF_8))) % PARTITIONS == partition)
        .findFirst()
        .orElseThrow();
  }

  private void start(String... changes) throws Exception {
    List<String> options =
        new ArrayList<>(
            List.of(
                "kafka.bootstrap-servers", broker.bootstrapServers(),
                "kafka.topic-prefix", "it.",
                "window.kind", "EVENT_TIME",
                "window.timeout", "1 s",
                "window.out-of-orderness", "1 s",
                // Longer than a busy machine stalls: what a partition has that is not waited for is
                // late.
                "source.idleness", "10 s",
                "parallelism", "2",
                "registry.directory", directory.resolve("models").toString(),
                "checkpoint.interval", "500 ms",
                "checkpoint.directory", directory.resolve("checkpoints").toString()));
    options.addAll(Arrays.asList(changes));
    PipelineSettings settings = TestingPipeline.settings(options.toArray(String[]::new));
    job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
  }

  private void send(String ids, int count, LongFunction<Long> capturedAt) {
    for (int i = 0; i < count; i++) {
      sendAs(ids + "-" + i, capturedAt.apply(i));
    }
    producer.flush();
  }

  private void sendAs(String id, long capturedAt) {
    EncodedImage icon = icons.next();
    producer.send(id, icon.label(), icon.contentType(), icon.bytes(), capturedAt);
    sent++;
  }

  /** Ends the job once it has read all that was sent. */
  private void drain() throws Exception {
    awaitInTopics(() -> imagesInReports() + deadLetters().size(), sent);
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();
  }

  private void awaitImages(int count) {
    awaitInTopics(this::imagesInReports, count);
  }

  private void awaitInTopics(IntSupplier found, int count) {
    TestingJobs.await(job, () -> assertThat(found.getAsInt()).isGreaterThanOrEqualTo(count));
  }

  /** The ledger in the reports says the same as the topics do. */
  private void assertLedgerBalances() {
    List<PartitionLedger> entries =
        reports().stream().flatMap(report -> report.details().ledger().stream()).toList();
    assertThat(entries).allMatch(entry -> entry.unaccounted() == 0);
    Map<Integer, PartitionLedger> last =
        entries.stream()
            .collect(
                Collectors.toMap(
                    PartitionLedger::partition, entry -> entry, (earlier, later) -> later));
    assertThat(last.values().stream().mapToLong(PartitionLedger::images).sum())
        .isEqualTo(imagesInReports());
    assertThat(last.values().stream().mapToLong(PartitionLedger::removals).sum())
        .isEqualTo(reports().stream().mapToInt(report -> report.images().removed()).sum());
    assertThat(last.values()).allMatch(entry -> entry.waiting() == 0);
  }

  private int imagesInReports() {
    return reports().stream().mapToInt(report -> report.images().arrived()).sum();
  }

  private List<WindowReport> reports() {
    return read(topics.reports()).stream().map(TestingJobs::report).toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return read(topics.deadLetters());
  }

  private Map<String, Long> deadLettersByReason() {
    return deadLetters().stream()
        .map(
            letter ->
                new String(letter.headers().lastHeader(HeaderNames.ERROR_CLASS).value(), UTF_8))
        .collect(Collectors.groupingBy(reason -> reason, Collectors.counting()));
  }

  private List<String> idsOnEmbeddings() {
    List<String> ids = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> message : read(topics.embeddings())) {
      String id = new String(message.key(), UTF_8);
      ids.remove(id);
      if (message.value() != null) {
        ids.add(id);
      }
    }
    return ids;
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (TopicReader reader =
        new TopicReader(broker.connection(), topic, TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE);
    }
  }
}
