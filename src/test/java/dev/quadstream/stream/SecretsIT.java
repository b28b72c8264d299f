package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.TestingSecureBroker;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.LoadedConfiguration;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Passwords on their way to a broker that speaks TLS alone and asks for them: they get there, and
 * nowhere else.
 */
class SecretsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PASSWORD = "correct-horse-4711";
  private static final String WRONG_PASSWORD = "wrong-horse-0815";
  private static final String STORE_PASSWORD = "store-battery-2342";
  private static final List<String> SECRETS = List.of(PASSWORD, STORE_PASSWORD);

  @TempDir Path directory;

  @Test
  void thePasswordsOpenTheBrokerThroughTlsAndShowInNoLogNoListingAndOnNoPage() throws Exception {
    List<String> wanted =
        List.of(PASSWORD, STORE_PASSWORD, "sasl.jaas.config", "truststore.password");
    try (TestingLogScan scan =
            new TestingLogScan(
                List.of("dev.quadstream", "org.apache.kafka", "org.apache.flink"), wanted);
        TestingSecureBroker broker = startBroker()) {
      KafkaConnection client =
          new KafkaConnection(broker.bootstrapServers(), broker.clientSettings());
      Topics topics = new Topics("");
      createTopics(client);
      produce(client, topics);
      LoadedConfiguration loaded = configuration(broker);
      PipelineSettings settings = loaded.settings();
      RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
      try (TopicReader reader =
          new TopicReader(client, topics.reports(), TopicReader.Start.BEGINNING)) {
        assertThat(reader.next(PATIENCE)).as("a report").isPresent();
        for (String page : pages(job, scan)) {
          assertThat(get(job.webPage(), page, scan)).as(page).isNotEmpty().doesNotContain(SECRETS);
        }
      } finally {
        job.cancel();
      }

      assertThat(loaded.values().toString()).contains("sasl.jaas.config").doesNotContain(SECRETS);
      assertThat(loaded.toString()).doesNotContain(SECRETS);
      assertThat(scan.lines())
          .as("the clients told their settings, so the scan would have seen a password")
          .anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"))
          .anyMatch(line -> line.contains("ssl.truststore.password = [hidden]"));
      assertThat(scan.lines().stream().filter(line -> !line.contains("kafka.server")))
          .noneMatch(line -> SECRETS.stream().anyMatch(line::contains));
    }
  }

  @Test
  void aWrongPasswordAndABrokerThatIsNotTrustedAreErrorsThatRepeatNoPassword() throws Exception {
    try (TestingSecureBroker broker = startBroker()) {
      Map<String, String> client = new HashMap<>(broker.clientSettings());
      client.remove("ssl.truststore.location");
      client.remove("ssl.truststore.password");
      assertThatThrownBy(() -> createTopics(new KafkaConnection(broker.bootstrapServers(), client)))
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessageContaining("SSL handshake failed")
          .hasMessageNotContaining(PASSWORD);

      client.putAll(broker.clientSettings());
      client.put("sasl.jaas.config", TestingSecureBroker.login(WRONG_PASSWORD));
      assertThatThrownBy(() -> createTopics(new KafkaConnection(broker.bootstrapServers(), client)))
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessageContaining("Authentication failed")
          .hasMessageNotContaining(WRONG_PASSWORD)
          .hasStackTraceContaining("SaslAuthenticationException")
          .satisfies(
              failure -> assertThat(failure).rootCause().hasMessageNotContaining(WRONG_PASSWORD));
    }
  }

  private TestingSecureBroker startBroker() throws Exception {
    return TestingSecureBroker.start(directory.resolve("kafka"), PASSWORD, STORE_PASSWORD);
  }

  private static void createTopics(KafkaConnection client) {
    try (TopicAdmin admin = new TopicAdmin(client)) {
      admin.create(new Topics(""), 1, (short) 1);
    }
  }

  private LoadedConfiguration configuration(TestingSecureBroker broker) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "kafka.bootstrap-servers=" + broker.bootstrapServers(),
                "kafka.delivery=exactly-once",
                "window.images=8",
                "registry.directory=" + directory.resolve("models"),
                "checkpoint.interval=500 ms",
                "checkpoint.directory=" + directory.resolve("checkpoints")));
    broker
        .clientSettings()
        .forEach((name, value) -> flags.add("kafka.properties." + name + "=" + value));
    return new ConfigurationLoader(Map.of()).load(null, flags);
  }

  private static void produce(KafkaConnection client, Topics topics) {
    IconStream icons = IconStream.ofSeed(1);
    try (KafkaImageProducer producer = new KafkaImageProducer(client, topics.images())) {
      for (int i = 0; i < 64; i++) {
        EncodedImage image = icons.next();
        producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
      }
    }
  }

  /** All of Flink's pages that could tell a setting. */
  private static List<String> pages(RunningJob running, TestingLogScan scan) throws Exception {
    String job = running.id();
    List<String> pages = new ArrayList<>();
    for (String page : List.of("config", "environment", "metrics")) {
      pages.add("/jobmanager/" + page);
      if (!page.equals("metrics")) {
        pages.add("/jobs/" + job + "/jobmanager/" + page);
      }
    }
    for (String page :
        List.of(
            "",
            "/config",
            "/plan",
            "/exceptions",
            "/accumulators",
            "/checkpoints",
            "/checkpoints/config",
            "/metrics",
            "/execution-result")) {
      pages.add("/jobs/" + job + page);
    }
    pages.addAll(List.of("/config", "/overview", "/jobs/overview", "/taskmanagers"));
    JsonNode vertices =
        JsonMessages.read(
                get(running.webPage(), "/jobs/" + job, scan)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                JsonNode.class)
            .path("vertices");
    assertThat(vertices.size()).isGreaterThan(3);
    for (JsonNode vertex : vertices) {
      String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
      pages.addAll(List.of(path, path + "/metrics", path + "/subtasks/metrics"));
    }
    return pages;
  }

  /**
   * A page. Once, under load, {@code /overview} of a job that ran answered 500, in a session that
   * kept no more of it, and never since: nor 6,500 times on one core that was kept busy. By Flink
   * 2.2.1's code what is not ready yet (no leader, an endpoint that has not started) is a 503, and
   * what a job's master fails with is left out. What is left is the Dispatcher's gateway to the
   * ResourceManager, which this page alone waits for: a handshake that failed 12 times, after which
   * the next request begins anew, or an error of memory. Flink's own log, which the scan keeps from
   * the terminal, tells.
   */
  private static String get(URI flink, String page, TestingLogScan scan)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(flink.resolve(page)).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).as(page).doesNotContain(SECRETS);
    assertThat(answer.statusCode())
        .as(
            () ->
                "%s: %s%nFlink's log:%n%s"
                    .formatted(
                        page,
                        answer.body(),
                        scan.lines().stream()
                            .filter(line -> line.contains("org.apache.flink"))
                            .collect(Collectors.joining("\n"))))
        .isEqualTo(200);
    return answer.body();
  }
}
