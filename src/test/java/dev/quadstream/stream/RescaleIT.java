package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.FreePorts;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowReport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole job restored with another parallelism of what has no state: with one partition it
 * arrives at the bits of a plain loop all the same.
 */
@Tag("long")
class RescaleIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int WINDOW_IMAGES = 16;
  private static final int WINDOWS = 24;
  private static final long SEED = 6;

  /** Half of them before and half after. */
  private static final int RESCALED_WINDOWS = Integer.getInteger("rescale.windows", 120);

  /** None of a run is dropped or forgotten. */
  private static final int MAX_CHECKPOINTS = 10_000;

  @TempDir Path directory;

  private KafkaBroker broker;
  private Topics topics;
  private RunningJob job;

  @BeforeEach
  void startBroker() {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    topics = new Topics("it.");
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, (short) 1);
    }
  }

  @AfterEach
  void stop() {
    if (job != null && !job.hasEnded()) {
      job.cancel();
      await().atMost(PATIENCE).until(job::hasEnded);
    }
    broker.close();
  }

  @ParameterizedTest
  @CsvSource({"1, 2, EUCLIDEAN", "2, 1, LEARNED"})
  void aSavepointGoesOnWithAnotherParallelismOfDecodingToTheSameBits(
      int before, int after, String metric) throws Exception {
    IconStream icons = IconStream.ofSeed(SEED);
    List<EncodedImage> images = new ArrayList<>(produce(icons, WINDOWS * WINDOW_IMAGES / 2));
    start(settings(before, metric), null, false);
    awaitVersion(4);
    String savepoint = job.stopWithSavepoint(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    start(settings(after, metric), savepoint, false);
    images.addAll(produce(icons, WINDOWS * WINDOW_IMAGES / 2));
    awaitVersion(WINDOWS);

    assertThat(streamed()).isEqualTo(trainedHere(images, settings(after, metric)));
  }

  /** With images and batches in flight as part of the checkpoint. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1"})
  void anUnalignedCheckpointGoesOnToTheSameBitsAlsoWithAnotherParallelismOfDecoding(
      int before, int after) throws Exception {
    IconStream icons = IconStream.ofSeed(SEED);
    List<EncodedImage> images = new ArrayList<>(produce(icons, WINDOWS * WINDOW_IMAGES * 3 / 4));
    int port = start(settings(before, "LEARNED"), null, true);
    String checkpoint = awaitCheckpointWithImagesInFlight(port);
    job.cancel();
    await().atMost(PATIENCE).until(job::hasEnded);

    start(settings(after, "LEARNED"), checkpoint, true);
    images.addAll(produce(icons, WINDOWS * WINDOW_IMAGES / 4));
    awaitVersion(WINDOWS);

    assertThat(streamed()).isEqualTo(trainedHere(images, settings(after, "LEARNED")));
  }

  /**
   * From N to M replicas: refused unless asked for, and then with each window trained on once, and
   * each version of the run published once.
   */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1", "2, 3"})
  void aSavepointGoesOnWithAnotherNumberOfReplicasAndTrainsOnEachImageOnce(int before, int after)
      throws Exception {
    IconStream icons = IconStream.ofSeed(SEED);
    produce(icons, RESCALED_WINDOWS * WINDOW_IMAGES / 2);
    start(replicas(before), null, false);
    awaitVersion(8);
    String savepoint = job.stopWithSavepoint(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();
    start(replicas(after), savepoint, false);
    assertThatThrownBy(() -> job.await())
        .rootCause()
        .hasMessageContaining("replicas = " + before)
        .hasMessageContaining("configured with " + after)
        .hasMessageContaining("--rescale");

    start(replicas(after).rescaling(), savepoint, false);
    produce(icons, RESCALED_WINDOWS * WINDOW_IMAGES / 2);
    awaitReports(RESCALED_WINDOWS);
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    List<WindowReport> reports = reports();
    assertThat(reports.stream().map(report -> report.identity().window()).sorted())
        .isEqualTo(LongStream.range(0, RESCALED_WINDOWS).boxed().toList());
    assertThat(reports.stream().mapToInt(report -> report.images().arrived()).sum())
        .isEqualTo(RESCALED_WINDOWS * WINDOW_IMAGES);
    assertThat(reports).allMatch(report -> report.health().reason() == null);
    List<Long> versions =
        manifests().stream().map(manifest -> manifest.identity().version()).sorted().toList();
    assertThat(versions).doesNotHaveDuplicates().endsWith((long) RESCALED_WINDOWS);
  }

  /** With the line that is printed, which does not ask for it again. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1"})
  void aChangeOfReplicasThatIsStoppedUnderWayGoesOnWithoutBeingAskedForAgain(int before, int after)
      throws Exception {
    IconStream icons = IconStream.ofSeed(SEED);
    produce(icons, 8 * WINDOW_IMAGES);
    start(replicas(before), null, false);
    awaitReports(8);
    String savepoint = job.stopWithSavepoint(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();
    start(replicas(after).rescaling(), savepoint, false);
    produce(icons, WINDOW_IMAGES);
    awaitReports(9);
    savepoint = job.stopWithSavepoint(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    start(replicas(after), savepoint, false);
    produce(icons, 11 * WINDOW_IMAGES);
    awaitReports(20);

    assertThat(reports().stream().map(report -> report.identity().window()).sorted())
        .isEqualTo(LongStream.range(0, 20).boxed().toList());
  }

  /**
   * P from 4 to 3 after 23 windows of one replica and 22 of the other, in a round of 21 to 24: it
   * ends as it was to, and those from there on are of three.
   */
  @Test
  void inMidRoundAnotherPublishingIntervalHoldsFromTheNextRoundOnAndNothingIsLost()
      throws Exception {
    IconStream icons = IconStream.ofSeed(SEED);
    produce(icons, 45 * WINDOW_IMAGES);
    start(replicas(2), null, false);
    awaitReports(45);
    String savepoint = job.stopWithSavepoint(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    start(replicas(2, "publish.every", "3"), savepoint, false);
    produce(icons, 19 * WINDOW_IMAGES);
    awaitReports(64);
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    assertThat(reports().stream().map(report -> report.identity().window()).sorted())
        .isEqualTo(LongStream.range(0, 64).boxed().toList());
    assertThat(manifests().stream().map(manifest -> manifest.identity().version()).sorted())
        .as("first the shorter rounds, at last what is left of one")
        .containsExactly(4L, 8L, 12L, 16L, 20L, 24L, 28L, 32L, 36L, 40L, 48L, 54L, 60L, 64L);
  }

  private PipelineSettings replicas(int replicas, String... changes) {
    List<String> options = new ArrayList<>(List.of(changes));
    options.addAll(
        List.of(
            "replicas",
            Integer.toString(replicas),
            "window.images",
            Integer.toString(WINDOW_IMAGES),
            "memory.capacity",
            "512",
            "seed",
            Long.toString(SEED)));
    return TestingJobs.settings(broker, directory, options.toArray(String[]::new));
  }

  private void awaitReports(int count) {
    TestingJobs.await(job, () -> assertThat(reports()).hasSizeGreaterThanOrEqualTo(count));
  }

  private List<WindowReport> reports() {
    try (TopicReader reader =
        new TopicReader(broker.connection(), topics.reports(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream().map(TestingJobs::report).toList();
    }
  }

  private PipelineSettings settings(int parallelism, String metric) {
    return TestingJobs.settings(
        broker,
        directory,
        "parallelism",
        Integer.toString(parallelism),
        "network.metric",
        metric,
        "window.images",
        Integer.toString(WINDOW_IMAGES),
        "mining.waiting-windows",
        "1",
        "seed",
        Long.toString(SEED),
        "checkpoint.interval",
        "100 ms");
  }

  /** Returns the port of Flink's REST interface. */
  private int start(PipelineSettings settings, String restored, boolean unaligned)
      throws Exception {
    Configuration flink = JobLauncher.flinkConfiguration(settings, restored);
    flink.set(CheckpointingOptions.ENABLE_UNALIGNED, unaligned);
    flink.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, MAX_CHECKPOINTS);
    flink.set(WebOptions.CHECKPOINTS_HISTORY_SIZE, MAX_CHECKPOINTS);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, 3);
    int port = FreePorts.any();
    flink.set(RestOptions.BIND_ADDRESS, "localhost");
    flink.set(RestOptions.PORT, port);
    flink.set(RestOptions.BIND_PORT, Integer.toString(port));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
    new QuadstreamJob(settings, KafkaConnectors.of(settings)).addTo(environment);
    job = new RunningJob(environment.executeAsync("rescale"));
    return port;
  }

  private String awaitCheckpointWithImagesInFlight(int port) {
    return await()
        .atMost(PATIENCE)
        .until(() -> checkpointWithImagesInFlight(port), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<String> checkpointWithImagesInFlight(int port) throws Exception {
    URI uri = URI.create("http://localhost:" + port + "/jobs/" + job.id() + "/checkpoints");
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    for (JsonNode checkpoint : JsonMessages.read(response.body(), JsonNode.class).path("history")) {
      if (checkpoint.path("status").asText().equals("COMPLETED")
          && checkpoint.path("persisted_data").asLong() > 0) {
        return Optional.of(checkpoint.path("external_path").asText());
      }
    }
    return Optional.empty();
  }

  private void awaitVersion(long version) {
    TestingJobs.await(
        job,
        () ->
            assertThat(manifests()).anyMatch(manifest -> manifest.identity().version() >= version));
  }

  private List<ModelManifest> manifests() {
    return registry().list("quadstream");
  }

  private ModelRegistry registry() {
    return new ModelRegistry(settings(1, "LEARNED").registryDirectory());
  }

  /** The last model; a version that was reached twice must have been the same file both times. */
  private NetworkState streamed() throws Exception {
    List<ModelManifest> manifests = manifests();
    assertThat(manifests)
        .extracting(manifest -> manifest.identity().version())
        .doesNotHaveDuplicates();
    ModelManifest last =
        manifests.stream()
            .filter(model -> model.identity().version() == WINDOWS)
            .findFirst()
            .orElseThrow();
    try (QuadrupletNetwork network = TestingNetworks.read(registry().load(last)).network()) {
      return network.state().parametersAlone();
    }
  }

  private static NetworkState trainedHere(List<EncodedImage> images, PipelineSettings settings)
      throws Exception {
    ImageDecoder decoder = settings.imageDecoder(settings.shape());
    try (TrainingLoop loop = new TrainingLoop(settings.loop())) {
      for (EncodedImage image : images) {
        loop.accept(new LabeledImage(image.id(), image.label(), 0, decoder.decode(image.bytes())));
      }
      loop.finish();
      return loop.network().parametersAlone();
    }
  }

  private List<EncodedImage> produce(IconStream icons, int count) {
    List<EncodedImage> images = new ArrayList<>();
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
      for (int i = 0; i < count; i++) {
        EncodedImage image = icons.next();
        producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
        images.add(image);
      }
    }
    return images;
  }
}
