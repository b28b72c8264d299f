package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.JsonMessages;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.ModelFile;
import dev.quadstream.network.NetworkState;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.JobLauncher;
import dev.quadstream.stream.KafkaConnectors;
import dev.quadstream.stream.PipelineSettings;
import dev.quadstream.stream.RunningJob;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The TaskManager is killed in mid-stream, again and again, and nothing of it is seen in the
 * result. With {@code -Pchaos -Dchaos.kills=N} as often as wanted.
 */
class CrashIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int KILLS = Integer.getInteger("chaos.kills", 3);
  private static final int WINDOW_IMAGES = 16;
  private static final int WINDOWS_BETWEEN_KILLS = 25;
  private static final int PUBLISH_EVERY = 4;
  private static final int STALENESS = 2;
  private static final long SEED = 11;

  @TempDir private Path directory;

  private final Topics topics = new Topics("crash.");
  private final List<EncodedImage> images = new ArrayList<>();
  private final IconStream icons = IconStream.ofSeed(SEED);

  private KafkaBrokerProcess broker;
  private TestingFlinkCluster cluster;
  private PipelineSettings settings;

  /** What a run with crashes did to its windows. */
  private record Outcome(int kills, int windows, int lost, int duplicated, boolean bitsEqual) {}

  @BeforeEach
  void startProcesses() {
    broker = KafkaBrokerProcess.start(directory.resolve("kafka"), 0, directory);
    try (TopicAdmin admin = new TopicAdmin(broker.bootstrapServers())) {
      admin.create(topics, 1, 1);
    }
    cluster = TestingFlinkCluster.start(directory);
    settings = PipelineSettings.of(Configuration.fromMap(options()));
  }

  @AfterEach
  void stopProcesses() {
    if (cluster != null) {
      cluster.close();
    }
    broker.close();
  }

  @Test
  void aJobWhoseTaskManagerIsKilledArrivesAtTheBitsOfOneThatNeverFailed() throws Exception {
    RunningJob job =
        JobLauncher.submit(
            settings, KafkaConnectors.of(settings), cluster.address(), List.of(), null);
    Random moments = new Random(SEED);
    try (TopicReader progress = uncommittedReports();
        KafkaImageProducer producer = producer()) {
      for (int kill = 0; kill < KILLS; kill++) {
        produceWindows(producer, WINDOWS_BETWEEN_KILLS);
        long from = (long) kill * WINDOWS_BETWEEN_KILLS;
        awaitWindow(progress, job, from + moments.nextInt(WINDOWS_BETWEEN_KILLS));
        cluster.killTaskManager();
        cluster.startTaskManager();
      }
      produceWindows(producer, WINDOWS_BETWEEN_KILLS);
      awaitWindow(progress, job, windows() - 1);
    }
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    List<Long> reported = reportedWindows();
    int distinct = new HashSet<>(reported).size();
    Outcome outcome =
        new Outcome(
            KILLS,
            windows(),
            windows() - distinct,
            reported.size() - distinct,
            sameBits(lastModel(), undisturbed()));
    System.out.println(
        new String(JsonMessages.write(outcome), java.nio.charset.StandardCharsets.UTF_8));

    assertThat(outcome).isEqualTo(new Outcome(KILLS, windows(), 0, 0, true));
    assertThat(reported).isEqualTo(LongStream.range(0, windows()).boxed().toList());
  }

  private Map<String, String> options() {
    return Map.ofEntries(
        Map.entry("kafka.bootstrap-servers", broker.bootstrapServers()),
        Map.entry("kafka.topic-prefix", "crash."),
        Map.entry("kafka.delivery", "exactly_once"),
        Map.entry("window.images", Integer.toString(WINDOW_IMAGES)),
        Map.entry("window.timeout", "0 s"),
        Map.entry("mining.memory-images", "16"),
        Map.entry("mining.staleness", Integer.toString(STALENESS)),
        Map.entry("mining.waiting-windows", "3"),
        Map.entry("publish.every", Integer.toString(PUBLISH_EVERY)),
        Map.entry("memory.capacity", "100"),
        Map.entry("training.warm-up-windows", "5"),
        Map.entry("seed", Long.toString(SEED)),
        Map.entry("registry.directory", directory.resolve("models").toString()),
        Map.entry("checkpoint.interval", "500 ms"),
        Map.entry("checkpoint.directory", directory.resolve("checkpoints").toString()));
  }

  private static int windows() {
    return (KILLS + 1) * WINDOWS_BETWEEN_KILLS;
  }

  private void produceWindows(KafkaImageProducer producer, int count) {
    for (int i = 0; i < count * WINDOW_IMAGES; i++) {
      EncodedImage image = icons.next();
      images.add(image);
      producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
    }
    producer.flush();
  }

  private KafkaImageProducer producer() {
    return new KafkaImageProducer(broker.bootstrapServers(), new Properties(), topics.images());
  }

  /** Sees a window as soon as it is trained, also where its transaction will never be committed. */
  private TopicReader uncommittedReports() {
    Properties uncommitted = new Properties();
    uncommitted.setProperty("isolation.level", "read_uncommitted");
    return new TopicReader(
        broker.bootstrapServers(), uncommitted, topics.reports(), TopicReader.Start.BEGINNING);
  }

  private static void awaitWindow(TopicReader progress, RunningJob job, long window)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      if (job.hasEnded()) {
        job.await();
      }
      if (progress
          .next(Duration.ofMillis(200))
          .filter(message -> report(message).window() >= window)
          .isPresent()) {
        return;
      }
    }
    throw new AssertionError("Window " + window + " was not trained within " + PATIENCE);
  }

  private List<Long> reportedWindows() {
    try (TopicReader reader =
        new TopicReader(broker.bootstrapServers(), topics.reports(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream().map(message -> report(message).window()).toList();
    }
  }

  private NetworkState lastModel() throws Exception {
    try (TopicReader reader =
        new TopicReader(broker.bootstrapServers(), topics.models(), TopicReader.Start.BEGINNING)) {
      ModelManifest last =
          reader.readToEnd(PATIENCE).stream()
              .map(message -> JsonMessages.read(message.value(), ModelManifest.class))
              .max(java.util.Comparator.comparingLong(ModelManifest::version))
              .orElseThrow();
      assertThat(last.version()).isEqualTo(windows());
      return ModelFile.read(new ModelRegistry(settings.registryDirectory()).load(last))
          .network()
          .state();
    }
  }

  /** The same windows in this thread, without Kafka, Flink and kills. */
  private NetworkState undisturbed() throws Exception {
    ImageDecoder decoder = new ImageDecoder(settings.shape(), settings.imageLimits());
    try (TrainingLoop loop =
        new TrainingLoop(
            settings.network(),
            settings.mining(),
            settings.training(),
            WINDOW_IMAGES,
            PUBLISH_EVERY,
            STALENESS)) {
      for (EncodedImage image : images) {
        loop.accept(new LabeledImage(image.id(), image.label(), 0, decoder.decode(image.bytes())));
      }
      return loop.trainer().network().state();
    }
  }

  private static boolean sameBits(NetworkState one, NetworkState other) {
    return Arrays.equals(one.trunkParameters(), other.trunkParameters())
        && Arrays.equals(one.headParameters(), other.headParameters());
  }

  private static WindowReport report(ConsumerRecord<byte[], byte[]> message) {
    return JsonMessages.read(message.value(), WindowReport.class);
  }
}
