package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.IconStream;
import dev.quadstream.kafka.FreePorts;
import dev.quadstream.kafka.JsonMessages;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.KafkaUnreachableException;
import dev.quadstream.kafka.TestingSaslBroker;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.configuration.ConfigurationLoader;
import dev.quadstream.stream.configuration.LoadedConfiguration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password on its way to a broker that asks for it: it gets there, and nowhere else. */
class SecretsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PASSWORD = "correct-horse-4711";
  private static final String WRONG_PASSWORD = "wrong-horse-0815";

  @TempDir Path directory;

  @Test
  void thePasswordOpensTheBrokerAndShowsInNoLogNoListingAndOnNoPage() throws Exception {
    List<String> wanted =
        List.of(PASSWORD, WRONG_PASSWORD, "sasl.jaas.config", "security.protocol");
    try (TestingLogScan scan =
            new TestingLogScan(
                List.of("dev.quadstream", "org.apache.kafka", "org.apache.flink"), wanted);
        TestingSaslBroker broker = TestingSaslBroker.start(directory.resolve("kafka"), PASSWORD)) {
      Properties client = new Properties();
      client.putAll(broker.clientSettings());
      Topics topics = new Topics("");
      try (TopicAdmin admin =
          new TopicAdmin(broker.bootstrapServers(), client, TopicAdmin.DEFAULT_TIMEOUT)) {
        admin.create(topics, 1, (short) 1);
      }
      produce(broker, client, topics);
      LoadedConfiguration loaded = configuration(broker);
      int port = FreePorts.any();
      PipelineSettings settings = loaded.settings();
      RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), port, null);
      try (TopicReader reader =
          new TopicReader(
              broker.bootstrapServers(), client, topics.reports(), TopicReader.Start.BEGINNING)) {
        assertThat(reader.next(PATIENCE)).as("a report").isPresent();
        for (String page : pages(port, job.id())) {
          assertThat(get(port, page)).as(page).isNotEmpty().doesNotContain(PASSWORD);
        }
      } finally {
        job.cancel();
      }

      assertThat(loaded.values().toString()).contains("sasl.jaas.config").doesNotContain(PASSWORD);
      assertThat(loaded.toString()).doesNotContain(PASSWORD);
      assertThat(scan.lines())
          .as("the clients told their settings, so the scan would have seen a password")
          .anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"));
      assertThat(scan.lines().stream().filter(line -> !line.contains("kafka.server")))
          .noneMatch(line -> line.contains(PASSWORD));
    }
  }

  @Test
  void aWrongPasswordIsAnErrorThatDoesNotRepeatIt() {
    try (TestingSaslBroker broker = TestingSaslBroker.start(directory.resolve("kafka"), PASSWORD)) {
      Properties client = new Properties();
      client.putAll(TestingSaslBroker.clientSettings(WRONG_PASSWORD));
      assertThatThrownBy(
              () -> {
                try (TopicAdmin admin =
                    new TopicAdmin(broker.bootstrapServers(), client, TopicAdmin.DEFAULT_TIMEOUT)) {
                  admin.create(new Topics(""), 1, (short) 1);
                }
              })
          .isInstanceOf(KafkaUnreachableException.class)
          .hasMessageContaining("Authentication failed")
          .hasMessageNotContaining(WRONG_PASSWORD)
          .hasStackTraceContaining("SaslAuthenticationException")
          .satisfies(
              failure -> assertThat(failure).rootCause().hasMessageNotContaining(WRONG_PASSWORD));
    }
  }

  private LoadedConfiguration configuration(TestingSaslBroker broker) {
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

  private static void produce(TestingSaslBroker broker, Properties client, Topics topics) {
    IconStream icons = IconStream.ofSeed(1);
    try (KafkaImageProducer producer =
        new KafkaImageProducer(broker.bootstrapServers(), client, topics.images())) {
      for (int i = 0; i < 64; i++) {
        EncodedImage image = icons.next();
        producer.send(image.id(), image.label(), image.contentType(), image.bytes(), i);
      }
    }
  }

  /** All of Flink's pages that could tell a setting. */
  private static List<String> pages(int port, String job) throws Exception {
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
                get(port, "/jobs/" + job).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                JsonNode.class)
            .path("vertices");
    assertThat(vertices.size()).isGreaterThan(3);
    for (JsonNode vertex : vertices) {
      String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
      pages.addAll(List.of(path, path + "/metrics", path + "/subtasks/metrics"));
    }
    return pages;
  }

  private static String get(int port, String page) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + page)).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(page).isEqualTo(200);
    return response.body();
  }
}
