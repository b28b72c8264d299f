package dev.quadstream.serve.search;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A client of the search service. */
public final class TestingClient {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final String address;

  public TestingClient(String address) {
    this.address = address;
  }

  /** An answer. */
  public record Answer(int status, JsonNode json) {

    public String problem() {
      return json.path("problem").asText();
    }
  }

  public Answer get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  public Answer post(String path, String json) {
    return send("POST", path, BodyPublishers.ofString(json));
  }

  public Answer post(String path, byte[] body) {
    return send("POST", path, BodyPublishers.ofByteArray(body));
  }

  public Answer put(String path, String json) {
    return send("PUT", path, BodyPublishers.ofString(json));
  }

  public Answer delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  private Answer send(String method, String path, HttpRequest.BodyPublisher body) {
    HttpResponse<String> response = text(method, path, body);
    return new Answer(
        response.statusCode(),
        JsonMessages.read(
            response.body().getBytes(java.nio.charset.StandardCharsets.UTF_8), JsonNode.class));
  }

  String text(String path) {
    return text("GET", path, BodyPublishers.noBody()).body();
  }

  private HttpResponse<String> text(String method, String path, HttpRequest.BodyPublisher body) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(URI.create(address + path)).method(method, body).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until it has read so many records and is ready. */
  public void awaitRecords(long count) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              JsonNode status = get("/v1/status").json();
              return status.path("ready").asBoolean() && status.path("records").asLong() >= count;
            });
  }
}
