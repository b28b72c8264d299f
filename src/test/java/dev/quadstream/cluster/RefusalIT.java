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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Installations that cannot work: the job is refused as it starts, and the command that submits it
 * says which setting is wrong. One JobManager; a TaskManager of its own for each.
 */
class RefusalIT {

  private static final int CONFIGURATION = 78;

  @TempDir private static Path directory;

  private static KafkaBrokerProcess broker;
  private static TestingDistribution distribution;
  private static TestingFlinkCluster cluster;

  @BeforeAll
  static void startProcesses() throws Exception {
    distribution = TestingDistribution.into(directory.resolve("quadstream"));
    broker = KafkaBrokerProcess.start(directory.resolve("kafka"), 0, directory);
    try (TopicAdmin admin = new TopicAdmin(broker.bootstrapServers())) {
      admin.create(new Topics(""), 1, 1);
    }
    cluster = TestingFlinkCluster.start(directory, distribution.flinkClassPath());
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
    restartTaskManager(distribution.flinkClassPath(), Map.of());

    assertThat(
            refusal(
                "image.channels=3", "image.height=227", "image.width=227", "network.trunk=alexnet"))
        .contains("taskmanager.memory.task.off-heap.size is 1024 MiB", "take at least");
  }

  @Test
  void aNetworkThatDoesNotFitThisProcessIsRefusedToo() throws Exception {
    TestingDistribution.Outcome outcome =
        run("image.channels=3", "image.height=227", "image.width=227", "network.trunk=alexnet");

    assertThat(outcome.printed()).contains("org.bytedeco.javacpp.maxbytes is 1024 MiB");
    assertThat(outcome.exitCode()).isEqualTo(CONFIGURATION);
  }

  @Test
  void moreNativeThreadsThanCoresAreRefused() throws Exception {
    restartTaskManager(distribution.flinkClassPath(), Map.of("OMP_NUM_THREADS", "512"));

    assertThat(refusal()).contains("OMP_NUM_THREADS = 512", "taskmanager.numberOfTaskSlots = 1");
  }

  @Test
  void aBundleThatIsHalfThereIsRefused() throws Exception {
    restartTaskManager(distribution.flinkClassPathWithout("deeplearning4j-nn"), Map.of());

    assertThat(refusal())
        .contains("deeplearning4j-nn is not on the class path", "Flink's lib/ on every machine");
  }

  @Test
  void aBundleThatIsMissingIsRefused() throws Exception {
    restartTaskManager(distribution.flinkClassPathWithout(""), Map.of());

    assertThat(refusal()).contains("javacpp is not on the class path");
  }

  @Test
  void checkpointsOnAFileSystemThatFlinkDoesNotHaveAreRefused() throws Exception {
    assertThat(refusal("checkpoint.directory=nowhere://bucket/checkpoints"))
        .contains("checkpoint.directory = nowhere://bucket/checkpoints", "'nowhere'");
  }

  @Test
  void checkpointsWhereNobodyCanWriteAreRefused() throws Exception {
    Path file = Files.createTempFile(directory, "no", ".directory");

    assertThat(refusal("checkpoint.directory=" + file.resolve("checkpoints")))
        .contains("checkpoint.directory = file:" + file);
  }

  @Test
  void checkpointsThatTheTaskManagerKeepsElsewhereThanTheJobManagerAreRefused() throws Exception {
    cluster.killTaskManager();
    // The same path, and for each process another place: as of two machines.
    Path elsewhere = Files.createDirectories(directory.resolve("another-machine"));
    cluster.startTaskManager(
        distribution.flinkClassPath(), elsewhere, TestingFlinkCluster.ENVIRONMENT);

    assertThat(refusal("checkpoint.directory=file:///proc/self/cwd/checkpoints"))
        .contains("checkpoint.directory = file:/proc/self/cwd/checkpoints", "different machines");
  }

  @Test
  void aRegistryWhereNobodyCanWriteIsRefused() throws Exception {
    restartTaskManager(distribution.flinkClassPath(), Map.of());
    Path file = Files.createTempFile(directory, "no", ".directory");

    assertThat(refusal("registry.directory=" + file.resolve("models")))
        .contains("registry.directory = file:" + file);
  }

  private static void restartTaskManager(String classPath, Map<String, String> changes)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(TestingFlinkCluster.ENVIRONMENT);
    environment.putAll(changes);
    cluster.killTaskManager();
    cluster.startTaskManager(classPath, directory, environment);
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
