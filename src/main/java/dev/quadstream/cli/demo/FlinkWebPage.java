package dev.quadstream.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.kafka.JsonMessages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Flink's own page, and the one figure that the demo asks of its REST interface. */
final class FlinkWebPage {

  private final int port;
  private final String jobId;

  FlinkWebPage(int port, String jobId) {
    this.port = port;
    this.jobId = jobId;
  }

  String address() {
    return "http://localhost:" + port;
  }

  /** How often the job was restarted. */
  long restarts() throws IOException, InterruptedException {
    URI uri = URI.create(address() + "/jobs/" + jobId + "/metrics?get=numRestarts");
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    JsonNode metrics = JsonMessages.read(response.body(), JsonNode.class);
    return metrics.path(0).path("value").asLong();
  }
}
