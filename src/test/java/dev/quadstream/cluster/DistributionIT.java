package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.TestingReads;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.TestingHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tarball on a Flink of separate processes, as the image lays them out: the lib bundle beside
 * Flink's jars, the job's jar submitted by bin/quadstream.
 */
@Tag("long")
class DistributionIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int SUBMISSIONS = 6;

  /**
   * The threads of the tasks, of the Kafka clients and of Flink's source readers, by what is in
   * their names.
   */
  private static final Predicate<String> OF_A_JOB =
      Pattern.compile("\\(#/#\\)|[Kk]afka|Source|fetcher").asPredicate();

  /**
   * Pools of Flink, of its metrics' HTTP server and of the JVM, which outlive a job and fill at
   * their own pace up to their bound.
   */
  private static final Predicate<String> OF_A_POOL =
      Pattern.compile(
              "flink-.*|Flink Netty .*|prometheus-http-.*|ForkJoinPool.*|C# CompilerThread#")
          .asMatchPredicate();

  /** Threads of the largest pool at the bound that Flink sets on a small machine. */
  private static final long LARGEST_POOL = 32;

  /** As many after six jobs as after two, so they are kept for a while and not leaked. */
  private static final long LOADERS_KEPT = 2;

  /** Network, updater state and activations at the sizes below are 60 MB. */
  private static final long BYTES_OF_A_JOB = 60_000_000;

  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern METRIC = Pattern.compile("flink_(?:task|job)manager_\\w+");

  @TempDir private static Path unpacked;
  private static TestingDistribution distribution;

  @TempDir private Path directory;

  private final Topics topics = new Topics("");
  private KafkaBrokerProcess broker;
  private TestingFlinkCluster cluster;

  @BeforeAll
  static void unpack() throws Exception {
    distribution = TestingDistribution.into(unpacked);
  }

  private void startProcesses() {
    broker = KafkaBrokerProcess.launch(directory.resolve("kafka"), 0, directory).awaitReady();
    try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
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
    TestingProcess taskManager = new TestingProcess(cluster.taskManagerPid());
    Map<String, Long> afterFirst = Map.of();
    List<Long> bytesOutsideHeap = new ArrayList<>();
    for (int submission = 1; submission <= SUBMISSIONS; submission++) {
      String job = submit(submission);
      assertNoOtherSiteCanActOn(job);
      assertThat(taskManager.threads().keySet()).anyMatch(name -> name.contains("train"));
      if (submission == SUBMISSIONS) {
        assertEveryMetricIsShown();
      }
      cluster.cancel(job);
      if (submission == 1) {
        afterFirst = awaitThreadsOfTheJobToEnd(taskManager);
      }
      assertNoThreadIsLeft(taskManager, afterFirst);
      bytesOutsideHeap.add(taskManager.residentBytesOutsideHeap());
    }

    assertThat(taskManager.threads())
        .allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(LARGEST_POOL));
    await("class loaders of the jobs collected")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(taskManager.jobClassLoaders()).isLessThanOrEqualTo(LOADERS_KEPT));
    // The first submissions load, compile and fill arenas; a leak is what each later one adds.
    assertThat(bytesOutsideHeap.get(SUBMISSIONS - 1))
        .as("bytes outside the heap after each submission: %s", bytesOutsideHeap)
        .isLessThan(bytesOutsideHeap.get(2) + (SUBMISSIONS - 3) * BYTES_OF_A_JOB / 2);
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
    assertThat(Files.size(distribution.jobJar()))
        .as("bytes of the job's jar: no Flink, no natives")
        .isLessThan(25_000_000);
    try (JarFile job = new JarFile(distribution.jobJar().toFile())) {
      assertThat(job.getEntry("org/jose4j/jwt/JwtClaims.class"))
          .as("what Kafka's clients need for SASL/OAUTHBEARER")
          .isNotNull();
    }
  }

  @Test
  void everythingThatIsBundledHasItsLicenceNamed() throws IOException {
    Path licences = unpacked.resolve("licences");
    List<String> named =
        Pattern.compile("\\([\\w.-]+:([\\w.-]+):([\\w.-]+) - ")
            .matcher(Files.readString(licences.resolve("THIRD-PARTY.txt")))
            .results()
            .map(entry -> entry.group(1) + "-" + entry.group(2))
            .toList();
    List<String> bundled = bundledOfOthers();

    assertThat(bundled)
        .hasSizeGreaterThan(100)
        .allSatisfy(jar -> assertThat(named).as(jar).anyMatch(jar::startsWith));
    assertThat(licences.resolve("icon-fonts.md")).exists();
    String natives = Files.readString(licences.resolve("natives.md"));
    assertThat(natives).contains("OpenBLAS", "libgomp");
    for (String directory : List.of("lib", "local")) {
      for (String jar : distribution.jars(directory)) {
        if (holdsNatives(unpacked.resolve(directory), jar)) {
          assertThat(natives).contains(jar.replaceFirst("-\\d.*", ""));
        }
      }
    }
  }

  private static boolean holdsNatives(Path directory, String jar) throws IOException {
    try (JarFile file = new JarFile(directory.resolve(jar).toFile())) {
      return file.stream().anyMatch(entry -> entry.getName().matches(".*\\.so(\\.\\d+)*"));
    }
  }

  @Test
  void everythingThatIsBundledIsInTheBillOfMaterials() throws IOException {
    Path bill = unpacked.resolve("licences/sbom.cdx.json");
    assumeThat(bill).as("Maven makes it with a network only, without -o").exists();
    List<String> bundled = bundledOfOthers();

    JsonNode materials = JsonMessages.read(Files.readAllBytes(bill), JsonNode.class);
    assertThat(materials.path("bomFormat").asText()).isEqualTo("CycloneDX");
    List<String> listed = new ArrayList<>();
    materials
        .path("components")
        .forEach(
            component ->
                listed.add(
                    component.path("name").asText() + "-" + component.path("version").asText()));
    assertThat(bundled).allSatisfy(jar -> assertThat(listed).as(jar).anyMatch(jar::startsWith));
  }

  private List<String> bundledOfOthers() throws IOException {
    List<String> bundled = new ArrayList<>(distribution.jars("lib"));
    bundled.addAll(distribution.jars("local"));
    bundled.removeIf(jar -> jar.startsWith("quadstream-"));
    return bundled;
  }

  private String submit(int submission) throws Exception {
    try (TopicReader reports =
        new TopicReader(broker.connection(), topics.reports(), TopicReader.Start.END)) {
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
      assertThat(TestingReads.take(reports, 20, PATIENCE)).as("windows trained").hasSize(20);
      Matcher job = JOB.matcher(printed);
      assertThat(job.find()).as(printed).isTrue();
      return job.group();
    }
  }

  private void produce() {
    IconStream icons = IconStream.ofSeed(3);
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.connection(), topics.images())) {
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

  private void assertNoOtherSiteCanActOn(String job) throws IOException {
    int port = cluster.address().getPort();
    String savepoints = "/jobs/" + job + "/savepoints";
    String here = "Host: localhost:" + port;
    assertThat(TestingHttp.status(port, "POST", savepoints, here, "Origin: https://evil.example"))
        .isEqualTo(403);
    assertThat(TestingHttp.status(port, "GET", "/jobs/" + job, "Host: evil.example"))
        .isEqualTo(403);
    assertThat(TestingHttp.status(port, "GET", "/jobs/" + job + "/yarn-cancel", here))
        .isEqualTo(403);
    assertThat(TestingHttp.status(port, "POST", "/jars/upload", here)).isEqualTo(404);
    assertThat(TestingHttp.status(port, "GET", "/jobs/" + job, here)).isEqualTo(200);
  }

  private static Map<String, Long> awaitThreadsOfTheJobToEnd(TestingProcess process) {
    AtomicReference<Map<String, Long>> threads = new AtomicReference<>();
    await("threads of the first job")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              threads.set(process.threads());
              assertThat(threads.get().keySet()).noneMatch(OF_A_JOB);
            });
    return threads.get();
  }

  private static void assertNoThreadIsLeft(TestingProcess process, Map<String, Long> before) {
    await("threads of the job")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(process.threads())
                    .allSatisfy(
                        (name, count) -> {
                          if (!OF_A_POOL.test(name)) {
                            assertThat(count)
                                .as("threads named %s", name)
                                .isLessThanOrEqualTo(before.getOrDefault(name, 0L));
                          }
                        }));
  }
}
