package dev.quadstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A Flink cluster that jobs are submitted to. */
final class FlinkCluster {

  private static final int FORBIDDEN = 403;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final String host;
  private final int port;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  private FlinkCluster(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /**
   * The cluster at {@code host:port}.
   *
   * @throws CommandException if it is not written so
   */
  static FlinkCluster at(String address) {
    int colon = address.lastIndexOf(':');
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      if (colon > 0 && port > 0 && port < 65536 && !address.contains("/")) {
        FlinkCluster cluster = new FlinkCluster(address.substring(0, colon), port);
        if (cluster.page().getHost() != null) {
          return cluster;
        }
      }
    } catch (IllegalArgumentException e) {
      // Told below, with the value.
    }
    throw CommandException.configuration(
        "Option flink.address = '%s' must be host:port of the cluster's REST address, such as localhost:8081; a host's name has letters, digits, dots and hyphens."
            .formatted(address),
        null);
  }

  InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(host, port);
  }

  URI page() {
    return URI.create("http://" + host + ":" + port);
  }

  /**
   * An answer of its REST interface.
   *
   * @param path such as {@code /jobs/overview}
   */
  JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page().resolve(path)).timeout(TIMEOUT).build();
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return JsonMessages.read(response.body(), JsonNode.class);
  }

  /**
   * Returns if a Flink answers. Its own client would try for a minute.
   *
   * @throws CommandException naming the address
   */
  void requireReachable() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(page().resolve("/v1/config")).timeout(TIMEOUT).build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() == 200 && response.body().contains("flink-version")) {
        return;
      }
      if (response.statusCode() == FORBIDDEN) {
        throw CommandException.unavailable(
            "Flink at %s:%d refuses: %s".formatted(host, port, response.body()), null);
      }
      throw CommandException.unavailable(
          "What answers at %s:%d is no Flink cluster (HTTP %d). Check flink.address."
              .formatted(host, port, response.statusCode()),
          null);
    } catch (IOException e) {
      throw CommandException.unavailable(
          "No Flink cluster answers at %s:%d (%s). Check flink.address, or leave it out to run the job in this process."
              .formatted(host, port, e.getClass().getSimpleName()),
          e);
    }
  }
}
