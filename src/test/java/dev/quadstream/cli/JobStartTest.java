package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobStartTest {

  /** A body that ends before the length that was said: not to be asked for again unseen. */
  private static final String NONE = "";

  private static final String RUNS =
      "{\"state\": \"RUNNING\", \"vertices\": [{\"status\": \"RUNNING\"}]}";
  private static final String FAILED = "{\"state\": \"FAILED\"}";
  private static final String CAUSE =
      "{\"exceptionHistory\": {\"entries\": [{\"stacktrace\": \"java.lang.Error: no disk\"}]}}";

  private final Queue<String> answers = new ArrayDeque<>();
  private HttpServer server;
  private JobStart start;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer = answers.remove().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, Math.max(1, answer.length));
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    start = new JobStart(FlinkCluster.at("127.0.0.1:" + server.getAddress().getPort()), "job");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anAnswerThatDoesNotComeIsNoFailureOfTheJob() throws Exception {
    answers.addAll(List.of(NONE, "<html>Bad Gateway</html>", RUNS));

    assertThat(start.await(Duration.ofMinutes(1))).isTrue();
    assertThat(answers).isEmpty();
  }

  @Test
  void aJobThatFailedIsToldWithItsCauseThoughThatComesLate() {
    answers.addAll(List.of(FAILED, NONE, FAILED, CAUSE));

    assertThatThrownBy(() -> start.await(Duration.ofMinutes(1)))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no disk");
  }

  @Test
  void whereFlinkSaysNothingMoreNoFailureIsKnown() throws Exception {
    answers.add(NONE);

    assertThat(start.lastFailure()).isEmpty();
  }
}
