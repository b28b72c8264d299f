package dev.quadstream.serve.feed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.serve.state.RunHealth;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Asks Flink's REST interface for the state and the last checkpoint of a pipeline's newest job.
 * Thread-safe.
 */
public final class FlinkProbe {

  private static final String FINISHED = "FINISHED";
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final String page;
  private final String job;
  private final RunHealth health;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  private boolean ended;
  private boolean hasFinished;

  /**
   * A probe of one Flink.
   *
   * @param page its address, such as {@code http://localhost:8081}
   * @param job the name of the pipeline's jobs, beside which others may run there
   */
  public FlinkProbe(URI page, String job, RunHealth health) {
    this.job = job;
    String address = page.toString();
    this.page = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    this.health = health;
  }

  /** Flink has been ended on purpose: it is asked no more, and its silence is no fault. */
  public synchronized void end() {
    ended = true;
    health.flink(null, null, null);
  }

  /** Whether the newest job had come to an end that was meant when Flink was asked last. */
  public synchronized boolean hasFinished() {
    return hasFinished;
  }

  /** Asks once, for up to a few seconds, and tells the health. */
  public synchronized void ask() throws InterruptedException {
    if (ended) {
      return;
    }
    try {
      JsonNode newest = null;
      JsonNode overview = get("/jobs/overview");
      if (overview.has("errors")) {
        String reason = overview.path("errors").path(0).asText();
        health.flink(page, "Flink at %s refuses: %s".formatted(page, reason), null);
        return;
      }
      for (JsonNode one : overview.path("jobs")) {
        if (one.path("name").asText().equals(job)
            && (newest == null
                || one.path("start-time").asLong() > newest.path("start-time").asLong())) {
          newest = one;
        }
      }
      if (newest == null) {
        String others = overview.path("jobs").isEmpty() ? "" : " of the name '%s'".formatted(job);
        health.flink(page, "Flink at %s runs no job%s.".formatted(page, others), null);
        return;
      }
      JsonNode completed =
          get("/jobs/" + newest.path("jid").asText() + "/checkpoints")
              .path("latest")
              .path("completed");
      Long checkpointAt =
          completed.hasNonNull("latest_ack_timestamp")
              ? (Long) completed.path("latest_ack_timestamp").asLong()
              : null;
      String state = newest.path("state").asText();
      hasFinished = state.equals(FINISHED);
      health.flink(page, problem(state), checkpointAt);
    } catch (IOException | MalformedMessageException e) {
      health.flink(page, "Flink at %s does not answer.".formatted(page), null);
    }
  }

  private static String problem(String state) {
    return switch (state) {
      case "RUNNING", FINISHED -> null;
      default -> "Flink's job is " + state.toLowerCase(java.util.Locale.ROOT) + ".";
    };
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(page + path)).timeout(TIMEOUT).build();
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return JsonMessages.read(response.body(), JsonNode.class);
  }
}
