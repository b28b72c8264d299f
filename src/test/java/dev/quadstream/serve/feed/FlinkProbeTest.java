package dev.quadstream.serve.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.quadstream.serve.state.RunState;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlinkProbeTest {

  @Test
  void aFlinkThatIsSilentIsAFaultUntilItHasBeenEndedOnPurpose() throws Exception {
    RunState state = new RunState("icons");
    FlinkProbe probe;
    try (ServerSocket free = new ServerSocket(0)) {
      probe =
          new FlinkProbe(
              URI.create("http://localhost:" + free.getLocalPort()), "quadstream", state.health());
    }

    probe.ask();
    assertThat(reason(state)).contains("Flink at http://localhost:", "does not answer");

    probe.end();
    probe.ask();
    assertThat(reason(state)).contains("waiting for the first report");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "own, 1, waiting for the first report",
        "other, 2, Flink's job is failed.",
        "done, 3, waiting for the first report",
        "third, -, runs no job of the name 'third'."
      })
  void ofTheJobsOfAClusterThoseOfThePipelineCount(String name, Long checkpoint, String reason)
      throws Exception {
    HttpServer flink = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    answer(
        flink,
        "/jobs/overview",
        """
        {"jobs": [
          {"jid": "b2", "name": "other", "start-time": 3, "state": "FAILED"},
          {"jid": "c1", "name": "done", "start-time": 4, "state": "FINISHED"},
          {"jid": "a2", "name": "own", "start-time": 2, "state": "RUNNING"},
          {"jid": "a1", "name": "own", "start-time": 1, "state": "CANCELED"}]}
        """);
    List<String> jobs = List.of("a2", "b2", "c1");
    for (String job : jobs) {
      answer(
          flink,
          "/jobs/%s/checkpoints".formatted(job),
          "{\"latest\": {\"completed\": {\"latest_ack_timestamp\": %d}}}"
              .formatted(1 + jobs.indexOf(job)));
    }
    flink.start();
    RunState state = new RunState("icons");
    try {
      URI page = URI.create("http://localhost:" + flink.getAddress().getPort());
      FlinkProbe probe = new FlinkProbe(page, name, state.health());
      probe.ask();
      assertThat(probe.hasFinished()).isEqualTo(name.equals("done"));
    } finally {
      flink.stop(0);
    }

    assertThat(reason(state)).contains(reason);
    assertThat(state.status(0, state.shown(null)).job().checkpointAt()).isEqualTo(checkpoint);
  }

  private static void answer(HttpServer server, String path, String json) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(json.getBytes(UTF_8));
          }
        });
  }

  private static String reason(RunState state) {
    return state.status(0, state.shown(null)).reason();
  }
}
