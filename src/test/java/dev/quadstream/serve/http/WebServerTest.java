package dev.quadstream.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.stream.TestingHttp;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebServerTest {

  private static final String TOKEN = "a-token-of-ours";

  @Test
  void whatGoesWrongIsAnsweredAlsoWhereItIsAnErrorAndTheServerGoesOn() throws IOException {
    try (WebServer server = WebServer.bind(Binding.loopback(0), 1)) {
      server.start(
          exchange -> {
            switch (exchange.getRequestURI().getPath()) {
              case "/full" -> throw new OutOfMemoryError("heap");
              case "/deep" -> throw new StackOverflowError();
              case "/bug" -> throw new IllegalStateException("a bug");
              default -> Responses.sendJson(exchange, Map.of());
            }
          });
      for (String path : new String[] {"/full", "/deep", "/bug"}) {
        assertThat(get(server, path, "Host: localhost")).isEqualTo(500);
        assertThat(get(server, "/", "Host: localhost")).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LocalHost:8080, 200",
    "localhost.:8080, 200",
    "127.0.0.1:8080, 200",
    "127.1.2.3, 200",
    "[::1]:8080, 200",
    "[0:0:0:0:0:0:0:1], 200",
    "'', 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "evil.example:8080, 403",
    "localhost@evil.example, 403",
    "localhost:80@evil.example, 403",
    "localhost.., 403",
    "[::2], 403",
    "10.0.0.7, 403"
  })
  void onLoopbackWhoeverAddressesItAsSuchIsLetIn(String host, int status) throws IOException {
    try (WebServer server = started(null)) {
      assertThat(get(server, "/", "Host: " + host)).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer " + TOKEN,
        "authorization: bearer  " + TOKEN,
        "Cookie: a=b; quadstream-token=" + TOKEN
      })
  void aTokenIsTakenAsClientsBringIt(String header) throws IOException {
    try (WebServer server = started(TOKEN)) {
      assertThat(get(server, "/", "Host: localhost", header)).isEqualTo(200);
      assertThat(get(server, "/", "Host: localhost", header + "x")).isEqualTo(401);
      assertThat(get(server, "/?token=" + TOKEN, "Host: localhost")).isEqualTo(200);
      assertThat(get(server, "/?token=" + TOKEN + "&token=", "Host: localhost")).isEqualTo(401);
      assertThat(get(server, "/", "Host: localhost")).isEqualTo(401);
      assertThat(get(server, "/health")).isEqualTo(200);
    }
  }

  /** They have no path, or none that leads anywhere. */
  @ParameterizedTest
  @ValueSource(strings = {"mailto:a", "*", "//", "/%", "/%00", "http://evil.example/"})
  void anAddressThatIsNoneOfItsOwnEndsNothing(String target) throws IOException {
    try (WebServer server = started(null)) {
      TestingHttp.answer(server.port(), "GET", target, "Host: evil.example");
      assertThat(get(server, "/", "Host: localhost")).isEqualTo(200);
    }
  }

  private static WebServer started(String token) {
    WebServer server = WebServer.bind(new Binding("127.0.0.1", 0, token), 2);
    server.start(exchange -> Responses.sendJson(exchange, Map.of()));
    return server;
  }

  private static int get(WebServer server, String path, String... headers) throws IOException {
    return TestingHttp.status(server.port(), "GET", path, headers);
  }
}
