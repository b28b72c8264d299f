package dev.quadstream.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.FreePorts;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.launch.JobLauncher;
import dev.quadstream.stream.launch.RunningJob;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flink's page of a job in this process: for looking, by this machine's own browsers. */
class FlinkPageIT {

  private static final String EVIL = "https://evil.example";

  @TempDir private Path directory;

  @Test
  void nobodyRunsCodeWritesSavepointsOrCancelsThroughThePage() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("kafka"), 0)) {
      try (TopicAdmin admin = new TopicAdmin(broker.connection())) {
        admin.create(new Topics(""), 1, (short) 1);
      }
      PipelineSettings settings = settings(broker.bootstrapServers());
      RunningJob job = JobLauncher.startHere(settings, KafkaConnectors.of(settings), "0", null);
      try {
        int port = job.webPage().getPort();
        String here = "Host: localhost:" + port;
        String path = "/jobs/" + job.id();
        for (String header : List.of(here, here + "\r\nOrigin: " + EVIL, "Host: evil.example")) {
          assertThat(TestingHttp.status(port, "POST", "/jars/upload", header)).isEqualTo(403);
          assertThat(TestingHttp.status(port, "POST", "/jobs", header)).isEqualTo(403);
          assertThat(TestingHttp.status(port, "POST", path + "/savepoints", header)).isEqualTo(403);
          assertThat(TestingHttp.status(port, "POST", path + "/stop", header)).isEqualTo(403);
          assertThat(TestingHttp.status(port, "PATCH", path, header)).isEqualTo(403);
          assertThat(TestingHttp.status(port, "DELETE", "/cluster", header)).isEqualTo(403);
          for (String changing :
              List.of(
                  "/yarn-cancel",
                  "/yarn-stop",
                  "/yarn%2Dcancel",
                  "/%79arn-cancel//?a=b",
                  "/%2579arn-cancel",
                  "/yarn-cancel%3Fa",
                  "/%2579arn-cancel%3F%25")) {
            assertThat(TestingHttp.status(port, "GET", path + changing, header)).isEqualTo(403);
          }
        }
        assertThat(TestingHttp.status(port, "GET", path, "Host: evil.example")).isEqualTo(403);
        assertThat(TestingHttp.status(port, "GET", path, here, "Origin: " + EVIL)).isEqualTo(403);
        assertThat(TestingHttp.answer(port, "GET", path, here))
            .first()
            .isEqualTo("HTTP/1.1 200 OK");
        assertThat(TestingHttp.answer(port, "GET", path, here))
            .map(String::toLowerCase)
            .contains("access-control-allow-origin: http://localhost");
        assertThat(Files.exists(directory.resolve("savepoints"))).isFalse();
        assertThat(job.hasEnded()).isFalse();
      } finally {
        job.cancel();
      }
    }
  }

  @Test
  void flinkIsUpWhileItsJobWaitsAndEndsWhereWhatItWaitsForFails() {
    PipelineSettings settings = settings("127.0.0.1:1");
    int port = FreePorts.any();
    assertThatThrownBy(
            () ->
                JobLauncher.startHere(
                    settings,
                    KafkaConnectors.of(settings),
                    Integer.toString(port),
                    null,
                    () -> {
                      // It answers 503 until it has found out who leads.
                      await()
                          .atMost(Duration.ofMinutes(1))
                          .until(() -> statusOfThePage(port) == 200);
                      throw new IllegalStateException("There will be no broker.");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("There will be no broker.");
    await().atMost(Duration.ofMinutes(1)).until(() -> FreePorts.isFree(port));
  }

  private static int statusOfThePage(int port) throws IOException {
    return TestingHttp.status(port, "GET", "/", "Host: localhost:" + port);
  }

  private PipelineSettings settings(String bootstrapServers) {
    Configuration configuration = new Configuration();
    configuration.set(KafkaConfig.BOOTSTRAP_SERVERS, bootstrapServers);
    configuration.set(JobConfig.REGISTRY_DIRECTORY, directory.resolve("models").toString());
    configuration.set(JobConfig.CHECKPOINT_DIRECTORY, directory.resolve("checkpoints").toString());
    return PipelineSettings.of(configuration);
  }
}
