package dev.quadstream.serve.web;

import static org.awaitility.Awaitility.await;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.http.Binding;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page that is served and that nobody opens, over a real broker. */
class UnseenPageIT {

  private static final Topics TOPICS = new Topics("unseen-");

  @TempDir private static Path directory;

  @Test
  void imagesAndEmbeddingsAreReadOnlyOnceSomebodyLooks() throws Exception {
    try (TestingTopics run = TestingTopics.onItsOwnBroker(directory, TOPICS)) {
      run.sendImages();
      run.publish(16);
      run.sendReports(0, 4);
      try (DashboardServer server = DashboardServer.start(settings(run))) {
        await()
            .atMost(TestingPage.PATIENCE)
            .until(() -> isRead(TOPICS.reports()) && isRead(TOPICS.models()));
        // Once a model is known they would follow within two seconds.
        await()
            .atMost(TestingPage.PATIENCE)
            .during(Duration.ofSeconds(5))
            .until(() -> !isRead(TOPICS.images()) && !isRead(TOPICS.embeddings()));

        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(server.address())).build(),
                BodyHandlers.discarding());

        await()
            .atMost(TestingPage.PATIENCE)
            .until(() -> isRead(TOPICS.images()) && isRead(TOPICS.embeddings()));
      }
    }
  }

  /** Whether a consumer of this process has fetched a record of a topic. */
  private static boolean isRead(String topic) throws MalformedObjectNameException {
    return !ManagementFactory.getPlatformMBeanServer()
        .queryNames(
            new ObjectName(
                "kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*,topic=" + topic),
            null)
        .isEmpty();
  }

  private static DashboardSettings settings(TestingTopics run) {
    return new DashboardSettings(
        new KafkaConnection(run.bootstrapServers(), Map.of()),
        TOPICS,
        "quadstream",
        new org.apache.flink.core.fs.Path(directory.resolve("models").toUri()),
        TestingTopics.NETWORK,
        DashboardServerTest.images(),
        null,
        List::of,
        0,
        Binding.loopback(0));
  }
}
