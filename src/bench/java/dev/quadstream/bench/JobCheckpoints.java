package dev.quadstream.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The checkpoints of a job, from Flink's REST interface, which remembers the latest ten. */
final class JobCheckpoints {

  private final HttpClient client = HttpClient.newHttpClient();
  private final String job;
  private final TreeMap<Long, Checkpoint> seen = new TreeMap<>();

  JobCheckpoints(URI webPage, String job) {
    this.job = webPage.resolve("/jobs/" + job).toString();
  }

  /**
   * A completed one.
   *
   * @param triggered milliseconds since the epoch
   * @param bytes of state
   * @param millis from trigger to completion
   * @param trainPauseMillis that the trainer did not train for: its synchronous part
   */
  record Checkpoint(long id, long triggered, long bytes, long millis, long trainPauseMillis) {}

  /** Takes note of those that are new. */
  void look() throws IOException, InterruptedException {
    for (JsonNode checkpoint : get("/checkpoints").path("history")) {
      long id = checkpoint.path("id").asLong();
      if (checkpoint.path("status").asText().equals("COMPLETED") && !seen.containsKey(id)) {
        seen.put(
            id,
            new Checkpoint(
                id,
                checkpoint.path("trigger_timestamp").asLong(),
                checkpoint.path("state_size").asLong(),
                checkpoint.path("end_to_end_duration").asLong(),
                trainPause(id)));
      }
    }
  }

  /** All that were noted, oldest first. */
  List<Checkpoint> completed() throws IOException, InterruptedException {
    look();
    return new ArrayList<>(seen.values());
  }

  private long trainPause(long id) throws IOException, InterruptedException {
    for (JsonNode vertex : get("").path("vertices")) {
      if (vertex.path("name").asText().startsWith("train")) {
        JsonNode detail =
            get("/checkpoints/details/%d/subtasks/%s".formatted(id, vertex.path("id").asText()));
        return detail.path("summary").path("checkpoint_duration").path("sync").path("max").asLong();
      }
    }
    throw new IOException("The job has no vertex of the trainer.");
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(job + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    return Worker.JSON.readTree(response.body());
  }
}
