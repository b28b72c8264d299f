package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TestingReads;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.TestingJobs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as docker-compose.yml runs it: a JobManager of its own, which may be replaced. */
@Tag("long")
class ApplicationModeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int WINDOW_IMAGES = 16;
  private static final int WINDOWS = 20;
  private static final long SEED = 5;

  @TempDir private Path directory;

  private final Topics topics = new Topics("");
  private final IconStream icons = IconStream.ofSeed(SEED);
  private KafkaBrokerProcess broker;
  private TestingFlinkCluster cluster;

  @AfterEach
  void stopProcesses() {
    if (cluster != null) {
      cluster.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void aJobManagerThatIsReplacedGoesOnFromTheNewestCheckpointOrSavepointWhereverItLies()
      throws Exception {
    startBroker();
    produce();
    Path checkpoints = directory.resolve("checkpoints");
    startCluster(arguments(checkpoints));
    assertThat(windows(WINDOWS)).startsWith(0L).endsWith(WINDOWS - 1L);

    Path elsewhere = directory.resolve("elsewhere");
    assertThat(cluster.stopTheJob(elsewhere))
        .as("docker-compose.yml restarts the service on any other exit code")
        .isZero();
    await("the checkpoints of a finished job to be removed")
        .atMost(PATIENCE)
        .until(() -> metadataIn(checkpoints).findAny().isEmpty());
    cluster.startJobManager();
    produce();
    assertThat(windows(2 * WINDOWS))
        .as("windows of seed %d, from the savepoint on", SEED)
        .endsWith(2L * WINDOWS - 1)
        .doesNotHaveDuplicates();
    awaitCheckpointAfter(checkpoints, System.currentTimeMillis());

    cluster.killJobManager();
    cluster.startJobManager();
    // The tasks of the one that was killed may not have heard of it yet, and train what comes.
    awaitCheckpointAfter(checkpoints, System.currentTimeMillis());
    produce();
    assertThat(windows(3 * WINDOWS))
        .as("windows of seed %d: counted on, and none trained again", SEED)
        .endsWith(3L * WINDOWS - 1)
        .doesNotHaveDuplicates();

    // Without its newest savepoint, the pipeline goes on from nothing else.
    awaitCheckpointAfter(checkpoints, System.currentTimeMillis());
    assertThat(cluster.stopTheJob(elsewhere)).isZero();
    Files.move(elsewhere, directory.resolve("moved"));
    assertThat(cluster.exitCodeOfJobManager())
        .as("what deploy/docker/job.sh takes for an end that is meant")
        .isEqualTo(78);
  }

  @Test
  void moreReplicasThanTheSlotsThatComeAreRefused() throws Exception {
    startBroker();
    List<String> arguments = arguments(directory.resolve("checkpoints"));
    arguments.addAll(List.of("--set", "replicas=2"));
    startCluster(arguments);

    assertThat(cluster.awaitEndOfJobManager()).isEqualTo(78);
    assertThat(Files.readString(directory.resolve("jobmanager.log")))
        .contains("Option replicas = 2", "the cluster has 1 (1 in all, of 1 TaskManagers)");
  }

  private void startBroker() {
    broker = KafkaBrokerProcess.launch(directory.resolve("kafka"), 0, directory).awaitReady();
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(topics, 1, 1);
    }
  }

  private void startCluster(List<String> arguments) throws Exception {
    TestingDistribution distribution = TestingDistribution.into(directory.resolve("quadstream"));
    cluster =
        TestingFlinkCluster.startApplication(
            directory,
            distribution.flinkClassPath()
                + File.pathSeparator
                + Path.of("target/test-classes").toAbsolutePath(),
            distribution.jobJar(),
            arguments);
  }

  private List<String> arguments(Path checkpoints) {
    List<String> arguments = new ArrayList<>(List.of("--from-savepoint", "latest"));
    for (String option :
        List.of(
            "kafka.bootstrap-servers=" + broker.bootstrapServers(),
            "registry.directory=" + directory.resolve("models"),
            "checkpoint.directory=" + checkpoints,
            "checkpoint.interval=1 s",
            "window.images=" + WINDOW_IMAGES,
            "window.timeout=0 s")) {
      arguments.addAll(List.of("--set", option));
    }
    return arguments;
  }

  private void produce() {
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
      for (int i = 0; i < WINDOWS * WINDOW_IMAGES; i++) {
        EncodedImage image = icons.next();
        producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
      }
      producer.flush();
    }
  }

  /** The numbers of the first windows that were reported. */
  private List<Long> windows(int count) {
    try (TopicReader reports =
        new TopicReader(broker.connection(), topics.reports(), TopicReader.Start.BEGINNING)) {
      return TestingReads.take(reports, count, PATIENCE).stream()
          .map(report -> TestingJobs.report(report).identity().window())
          .toList();
    }
  }

  private void awaitCheckpointAfter(Path checkpoints, long time) {
    cluster.awaitWhileAllRun(
        "a checkpoint that began after the last window",
        () ->
            metadataIn(checkpoints)
                .anyMatch(metadata -> metadata.toFile().lastModified() > time + 2_000));
  }

  private static Stream<Path> metadataIn(Path checkpoints) throws IOException {
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files.filter(file -> file.endsWith("_metadata")).toList().stream();
    } catch (UncheckedIOException e) {
      // Flink removes checkpoints meanwhile.
      return Stream.empty();
    }
  }
}
