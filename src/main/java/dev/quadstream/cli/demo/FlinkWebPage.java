package dev.quadstream.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Flink's own page, and the one figure that the demo asks of its REST interface. */
final class FlinkWebPage {

  private final URI address;
  private final String jobId;

  FlinkWebPage(URI address, String jobId) {
    this.address = address;
    this.jobId = jobId;
  }

  URI address() {
    return address;
  }

  /** How often the job was restarted. */
  long restarts() throws IOException, InterruptedException {
    URI uri = address.resolve("/jobs/" + jobId + "/metrics?get=numRestarts");
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    JsonNode metrics = JsonMessages.read(response.body(), JsonNode.class);
    return metrics.path(0).path("value").asLong();
  }
}
