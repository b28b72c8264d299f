package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Installations that cannot work: the job is refused as it starts, and the command that submits it
 * says which setting is wrong.
 */
@Tag("long")
class RefusalIT {

  private static final int CONFIGURATION = 78;

  private static final Setup SHIPPED = new Setup("", "", Map.of());

  /**
   * How a TaskManager is set up.
   *
   * @param without jars of the bundle that start so; empty for the whole bundle
   * @param workingDirectory below that of the test
   * @param environment over that of the image
   */
  private record Setup(String without, String workingDirectory, Map<String, String> environment) {}

  @TempDir private static Path directory;

  private static KafkaBrokerProcess broker;
  private static TestingDistribution distribution;
  private static TestingFlinkCluster cluster;
  private static Setup current = SHIPPED;

  @BeforeAll
  static void startProcesses() throws Exception {
    distribution = TestingDistribution.into(directory.resolve("quadstream"));
    broker = KafkaBrokerProcess.launch(directory.resolve("kafka"), 0, directory).awaitReady();
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
      admin.create(new Topics(""), 1, 1);
    }
    cluster = TestingFlinkCluster.startShortLived(directory, distribution.flinkClassPath());
  }

  @AfterAll
  static void stopProcesses() {
    if (cluster != null) {
      cluster.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void aNetworkThatDoesNotFitTheNativeMemoryIsRefused() throws Exception {
    taskManager(SHIPPED);

    assertThat(
            refusal(
                "image.channels=3", "image.height=227", "image.width=227", "network.trunk=alexnet"))
        .contains("taskmanager.memory.task.off-heap.size is 1024 MiB", "take at least");
  }

  @Test
  void aNetworkThatDoesNotFitThisProcessIsRefusedToo() throws Exception {
    TestingDistribution.Outcome outcome =
        run("image.channels=3", "image.height=227", "image.width=227", "network.trunk=alexnet");

    assertThat(outcome.printed()).contains("org.bytedeco.javacpp.maxbytes is 1500 MiB");
    assertThat(outcome.exitCode()).isEqualTo(CONFIGURATION);
  }

  @Test
  void threadsThatTheNativesCannotTakeAreRefused() throws Exception {
    taskManager(new Setup("", "", Map.of("OMP_NUM_THREADS", "5120")));

    assertThat(refusal()).contains("OMP_NUM_THREADS='5120'");
  }

  @Test
  void aBundleThatIsHalfThereIsRefused() throws Exception {
    taskManager(new Setup("deeplearning4j-nn", "", Map.of()));

    assertThat(refusal())
        .contains("deeplearning4j-nn is not on the class path", "Flink's lib/ on every machine");
  }

  @Test
  void checkpointsOnAFileSystemThatFlinkDoesNotHaveAreRefused() throws Exception {
    assertThat(refusal("checkpoint.directory=nowhere://bucket/checkpoints"))
        .contains("checkpoint.directory = nowhere://bucket/checkpoints", "scheme 'nowhere'");
  }

  @Test
  void checkpointsWhereNobodyCanWriteAreRefused() throws Exception {
    Path file = Files.createTempFile(directory, "no", ".directory");

    assertThat(refusal("checkpoint.directory=" + file.resolve("checkpoints")))
        .contains("checkpoint.directory = file:" + file);
  }

  @Test
  void checkpointsThatTheTaskManagerKeepsElsewhereThanTheJobManagerAreRefused() throws Exception {
    // The same path, and for each process another place: as of two machines.
    taskManager(new Setup("", "another-machine", Map.of()));

    assertThat(refusal("checkpoint.directory=file:///proc/self/cwd/checkpoints"))
        .contains("checkpoint.directory = file:/proc/self/cwd/checkpoints", "different machines");
  }

  @Test
  void aRegistryWhereNobodyCanWriteIsRefused() throws Exception {
    taskManager(SHIPPED);
    Path file = Files.createTempFile(directory, "no", ".directory");

    assertThat(refusal("registry.directory=" + file.resolve("models")))
        .contains("registry.directory = file:" + file);
  }

  @Test
  void moreReplicasThanThereAreSlotsAreRefusedBeforeFlinkWaitsForThem() throws Exception {
    assertThat(refusal("replicas=9"))
        .contains("Option replicas = 9", "the cluster has 1 (1 in all, of 1 TaskManagers)");
  }

  /** Replaces the TaskManager by one that is set up so, unless it is already. */
  private static void taskManager(Setup setup) throws IOException, InterruptedException {
    if (setup.equals(current)) {
      return;
    }
    Map<String, String> environment = new HashMap<>(TestingFlinkCluster.ENVIRONMENT);
    environment.putAll(setup.environment());
    cluster.killTaskManager();
    cluster.startTaskManager(
        setup.without().isEmpty()
            ? distribution.flinkClassPath()
            : distribution.flinkClassPathWithout(setup.without()),
        Files.createDirectories(directory.resolve(setup.workingDirectory())),
        environment);
    current = setup;
  }

  /** What the submission says of it. */
  private static String refusal(String... options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    all.add("flink.address=localhost:" + cluster.address().getPort());
    all.addAll(List.of(options));
    TestingDistribution.Outcome outcome = run(all.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.printed()).isEqualTo(CONFIGURATION);
    return outcome.printed();
  }

  private static TestingDistribution.Outcome run(String... options)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    all.add("kafka.bootstrap-servers=" + broker.bootstrapServers());
    all.add("registry.directory=" + directory.resolve("models"));
    all.add("checkpoint.directory=" + directory.resolve("checkpoints"));
    all.addAll(List.of(options));
    List<String> arguments = new ArrayList<>(List.of("run"));
    all.forEach(option -> arguments.addAll(List.of("--set", option)));
    return distribution.attempt(arguments.toArray(String[]::new));
  }
}
