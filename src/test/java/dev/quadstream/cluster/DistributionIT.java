package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tarball on a Flink of separate processes, as the image lays them out: the lib bundle beside
 * Flink's jars, the job's jar submitted by bin/quadstream.
 */
class DistributionIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SUBMISSIONS = 6;
  private static final double CLASSES_OF_A_JOB = 20e6;
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern METRIC = Pattern.compile("flink_(?:task|job)manager_\\w+");

  @TempDir private Path directory;

  private final Topics topics = new Topics("");
  private KafkaBrokerProcess broker;
  private TestingDistribution distribution;
  private TestingFlinkCluster cluster;

  /** What the TaskManager holds after a garbage collection. */
  private record Footprint(double metaspace, double threads, double residentBytes) {}

  @BeforeEach
  void unpack() throws Exception {
    distribution = TestingDistribution.into(directory.resolve("quadstream"));
  }

  private void startProcesses() {
    broker = KafkaBrokerProcess.start(directory.resolve("kafka"), 0, directory);
    try (TopicAdmin admin = new TopicAdmin(broker.bootstrapServers())) {
      admin.create(topics, 1, 1);
    }
    produce();
    cluster = TestingFlinkCluster.start(directory, distribution.flinkClassPath());
  }

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
  void aJobCanBeSubmittedAgainAndAgainWithoutGrowthAndShowsEveryMetricOfTheDashboard()
      throws Exception {
    startProcesses();
    List<Footprint> footprints = new ArrayList<>();
    for (int submission = 1; submission <= SUBMISSIONS; submission++) {
      String job = submit(submission);
      if (submission == SUBMISSIONS) {
        assertEveryMetricIsShown();
      }
      cluster.cancel(job);
      footprints.add(footprint());
    }

    // The first submissions load, compile and fill thread pools; a leak is what each later one
    // adds.
    Footprint settled = footprints.get(2);
    Footprint last = footprints.get(SUBMISSIONS - 1);
    int later = SUBMISSIONS - 3;
    assertThat(last.metaspace())
        .as("metaspace of %s", footprints)
        .isLessThan(settled.metaspace() + later * CLASSES_OF_A_JOB / 4);
    assertThat(last.threads())
        .as("threads of %s", footprints)
        .isLessThan(settled.threads() + later);
    assertThat(last.residentBytes())
        .as("resident memory of %s", footprints)
        .isLessThan(settled.residentBytes() * 1.1);
  }

  @Test
  void theBundleIsWholeAndNothingIsInItTwice() throws IOException {
    List<String> lib = distribution.jars("lib");
    List<String> local = distribution.jars("local");

    assertThat(lib)
        .anyMatch(jar -> jar.startsWith("nd4j-native-") && jar.contains("x86_64"))
        .anyMatch(jar -> jar.startsWith("deeplearning4j-nn-"))
        .anyMatch(jar -> jar.startsWith("javacpp-"))
        .anyMatch(jar -> jar.startsWith("openblas-"))
        .noneMatch(jar -> jar.startsWith("slf4j") || jar.startsWith("flink-"));
    assertThat(local)
        .doesNotContainAnyElementsOf(lib)
        .noneMatch(jar -> jar.startsWith("kafka-clients"));
    assertThat(distribution.jars("job")).hasSize(1);
    assertThat(
            Files.size(
                directory.resolve("quadstream/job").resolve(distribution.jars("job").get(0))))
        .as("bytes of the job's jar: no Flink, no natives")
        .isLessThan(25_000_000);
  }

  private String submit(int submission) throws Exception {
    try (TopicReader reports =
        new TopicReader(broker.bootstrapServers(), topics.reports(), TopicReader.Start.END)) {
      String printed =
          distribution.quadstream(
              "run",
              "--set",
              "flink.address=localhost:" + cluster.address().getPort(),
              "--set",
              "kafka.bootstrap-servers=" + broker.bootstrapServers(),
              "--set",
              "registry.directory=" + directory.resolve("models-" + submission),
              "--set",
              "checkpoint.directory=" + directory.resolve("checkpoints-" + submission),
              "--set",
              "window.images=16",
              "--set",
              "publish.every=4");
      assertThat(reports.take(20, PATIENCE)).as("windows trained").hasSize(20);
      Matcher job = JOB.matcher(printed);
      assertThat(job.find()).as(printed).isTrue();
      return job.group();
    }
  }

  private void produce() {
    IconStream icons = IconStream.ofSeed(3);
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.bootstrapServers(), new Properties(), topics.images())) {
      producer.send("bad", "trash", "image/png", "no image".getBytes(UTF_8), 0);
      for (int i = 0; i < 480; i++) {
        EncodedImage image = icons.next();
        producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
      }
      producer.flush();
    }
  }

  private void assertEveryMetricIsShown() throws IOException {
    Set<String> wanted = new HashSet<>();
    for (String file :
        List.of("deploy/grafana/dashboards/quadstream.json", "deploy/prometheus/alerts.yml")) {
      METRIC
          .matcher(Files.readString(Path.of(file)))
          .results()
          .forEach(name -> wanted.add(name.group()));
    }
    assertThat(wanted).hasSizeGreaterThan(20);
    await("metrics of the dashboard and the alerts")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(shown()).containsAll(wanted));
  }

  private Set<String> shown() {
    Set<String> shown = new HashSet<>();
    METRIC
        .matcher(cluster.taskManagerMetrics() + cluster.jobManagerMetrics())
        .results()
        .forEach(name -> shown.add(name.group()));
    return shown;
  }

  private Footprint footprint() throws Exception {
    String pid = Long.toString(cluster.taskManagerPid());
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    // Twice: the first finds the class loader dead, the second what its finalizers have freed.
    TestingDistribution.run(List.of(jcmd.toString(), pid, "GC.run"));
    TestingDistribution.run(List.of(jcmd.toString(), pid, "GC.run"));
    String metrics = cluster.taskManagerMetrics();
    return new Footprint(
        value(metrics, "flink_taskmanager_Status_JVM_Memory_Metaspace_Used"),
        value(metrics, "flink_taskmanager_Status_JVM_Threads_Count"),
        residentBytes(pid));
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static double residentBytes(String pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
