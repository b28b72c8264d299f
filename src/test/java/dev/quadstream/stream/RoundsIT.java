package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.training.TrainingLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job of three replicas beside a plain loop of three replicas, version by version. */
class RoundsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int WINDOW_IMAGES = 12;
  private static final int WINDOWS = 62;
  private static final int REMOVED_EVERY = 25;
  private static final long SEED = 15;

  @TempDir Path directory;

  private final Topics topics = new Topics("it.");
  private KafkaBroker broker;
  private PipelineSettings settings;

  @BeforeEach
  void startBroker() throws Exception {
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, (short) 1);
    }
    settings =
        TestingJobs.settings(
            broker,
            directory,
            "replicas",
            "3",
            "window.images",
            Integer.toString(WINDOW_IMAGES),
            "mining.memory-images",
            "12",
            "mining.waiting-windows",
            "2",
            "training.warm-up-windows",
            "4",
            "seed",
            Long.toString(SEED));
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void everyVersionOfThreeReplicasHasTheBitsOfThreeReplicasInAPlainLoop() throws Exception {
    compareWithPlainLoop(
        () -> JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null));
  }

  /**
   * Of which a few are merged before the merge of the round before is taken. What the replicas
   * bring goes by files.
   */
  @Test
  @Tag("long")
  void alsoWithMomentumOverRounds() throws Exception {
    settings =
        settings
            .with(TrainingConfig.MERGE_LEARNING_RATE, 0.7)
            .with(TrainingConfig.MERGE_MOMENTUM, 0.9)
            .with(MiningConfig.STALENESS, 6);
    compareWithPlainLoop(this::startWithFiles);

    List<Path> files;
    try (Stream<Path> all = Files.walk(directory.resolve("models"))) {
      files = all.filter(file -> file.getParent().endsWith("contributions")).toList();
    }
    assertThat(files)
        .as("files of rounds that a checkpoint needs, and the folder of what is being written")
        .hasSizeBetween(1, 9);
  }

  private RunningJob startWithFiles() throws Exception {
    Configuration flink = JobLauncher.flinkConfiguration(settings, null);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, 3);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(flink);
    new QuadstreamJob(settings, KafkaConnectors.of(settings), 0).addTo(environment);
    return new RunningJob(environment.executeAsync("rounds"));
  }

  private void compareWithPlainLoop(Callable<RunningJob> start) throws Exception {
    Map<Long, NetworkState> expected = produceAndTrainHere();
    long last = expected.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(expected).hasSizeGreaterThan(10).containsKey((long) WINDOWS);

    RunningJob job = start.call();
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    long lastBeforeTheEnd =
        expected.keySet().stream()
            .filter(version -> version < last)
            .max(Long::compare)
            .orElseThrow();
    TestingJobs.await(
        job,
        () ->
            assertThat(registry.list("quadstream"))
                .anyMatch(manifest -> manifest.identity().version() >= lastBeforeTheEnd));
    job.drain(directory.resolve("savepoints").toString(), PATIENCE);
    job.await();

    Map<Long, NetworkState> streamed = new TreeMap<>();
    for (ModelManifest manifest : registry.list("quadstream")) {
      try (QuadrupletNetwork network = TestingNetworks.read(registry.load(manifest)).network()) {
        streamed.put(manifest.identity().version(), network.parametersAlone());
      }
    }
    assertThat(streamed.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (version, parameters) ->
            assertThat(streamed.get(version)).as("version %d", version).isEqualTo(parameters));
  }

  /** The images, now and then the removal of an earlier one, and the versions that they lead to. */
  private Map<Long, NetworkState> produceAndTrainHere() throws Exception {
    Map<Long, NetworkState> versions = new TreeMap<>();
    ImageDecoder decoder = new ImageDecoder(settings.shape(), settings.imageLimits());
    IconStream icons = IconStream.ofSeed(SEED);
    try (KafkaImageProducer producer =
            new KafkaImageProducer(broker.connection(), topics.images());
        TrainingLoop loop = new TrainingLoop(settings.loop())) {
      String earlier = null;
      for (int i = 0; i < WINDOWS * WINDOW_IMAGES; i++) {
        EncodedImage image = icons.next();
        producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
        loop.accept(new LabeledImage(image.id(), image.label(), i, decoder.decode(image.bytes())));
        if (i % REMOVED_EVERY == 0 && earlier != null) {
          producer.sendRemoval(earlier);
          loop.accept(ImageEvent.removed(earlier));
        }
        earlier = i % REMOVED_EVERY == 0 ? image.id() : earlier;
        remember(loop, versions);
      }
      producer.flush();
      loop.finish();
      remember(loop, versions);
    }
    return versions;
  }

  private static void remember(TrainingLoop loop, Map<Long, NetworkState> versions) {
    loop.model().ifPresent(model -> versions.put(model.version(), model.parameters().average()));
  }
}
