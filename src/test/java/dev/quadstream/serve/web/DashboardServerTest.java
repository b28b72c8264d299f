package dev.quadstream.serve.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.kafka.Topics;
import dev.quadstream.serve.http.Binding;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server by itself: Kafka is not there, which must not keep it from answering. */
class DashboardServerTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static final LabeledImage HELD_OUT = TestingTopics.labeled(0, 0);

  @TempDir private static Path directory;

  private static DashboardServer onLoopback;
  private static DashboardServer withFeedback;

  private DashboardServer server;

  @BeforeAll
  static void startOnLoopback() {
    onLoopback = DashboardServer.start(settings("127.0.0.1", 0, null));
    withFeedback = DashboardServer.start(settings("127.0.0.1", 0, "a-token-of-mine", true));
  }

  @AfterAll
  static void stopOnLoopback() {
    onLoopback.close();
    withFeedback.close();
  }

  @BeforeEach
  void askTheOneOnLoopback() {
    server = onLoopback;
  }

  @AfterEach
  void stop() {
    if (server != onLoopback && server != withFeedback) {
      server.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/style.css",
        "/icon.svg",
        "/main.js",
        "/charts.js",
        "/embedding-map.js",
        "/feedback.js",
        "/neighbours.js",
        "/panels.js",
        "/dom.js",
        "/replica.js",
        "/stream.js",
        "/uplot.js",
        "/uplot.css"
      })
  void servesThePageWithoutKafkaAndWithAStrictPolicy(String path) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isNotEmpty();
    assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/../../etc/passwd",
        "/%2e%2e/pom.xml",
        "/page/index.html",
        "/api/thumbnail?id=unknown",
        "/api/thumbnail",
        "/api/map?version=1",
        "/api/neighbours?version=1&id=x",
        "/api/model?version=3",
        "/api/map?version=999999999999999999"
      })
  void whatIsNotThereIsSaidSoInASentence(String path) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).matches("\\{\"problem\":\".+\\.\"}");
  }

  @Test
  void aPictureIsAskedForAgainAndSentOnlyWhereItIsAnother() throws Exception {
    String path = "/api/thumbnail?id=" + HELD_OUT.id();
    HttpResponse<String> first = get(path);
    String tag = first.headers().firstValue("ETag").orElseThrow();

    HttpRequest again = HttpRequest.newBuilder(uri(path)).header("If-None-Match", tag).build();
    HttpResponse<String> second = CLIENT.send(again, HttpResponse.BodyHandlers.ofString());

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(second.body()).isEmpty();
    for (HttpResponse<String> response : List.of(first, second)) {
      assertThat(response.headers().firstValue("Cache-Control")).contains("no-cache");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/map",
        "/api/map?version=-1",
        "/api/map?version=x",
        "/api/map?version=%",
        "/api/map?version=99999999999999999999",
        "/events?replica=-1",
        "/events?replica=one",
        "/events?replica="
      })
  void aNumberThatIsNoneIsABadRequest(String path) throws Exception {
    assertThat(rawGet(path, "localhost")).startsWith("HTTP/1.1 400");
  }

  @Test
  void onlyLookingUpAnImageIsPosted() throws Exception {
    assertThat(post("/", new byte[1]).statusCode()).isEqualTo(405);
  }

  @Test
  void anUploadBeforeTheFirstModelIsToldToWait() throws Exception {
    HttpResponse<String> response = post("/api/neighbours?version=1", new byte[] {1, 2, 3});

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).contains("wait for the first one");
  }

  @Test
  void anUploadThatIsTooLargeIsRefused() throws Exception {
    HttpResponse<String> response =
        post("/api/neighbours?version=1", new byte[NeighbourRequests.MAX_UPLOAD_BYTES + 1]);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("4 MiB");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/neighbours?version=1, 413",
    "/api/neighbours, 400",
    "/api/labels, 403",
    "/nothing, 405"
  })
  void whoSendsMuchThatIsRefusedIsToldWhy(String path, int status) throws Exception {
    HttpResponse<String> response = post(path, new byte[20 << 20]);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains("problem");
  }

  @Test
  void uploadsThatAreTooManyAtOnceAreToldToTryAgain() throws Exception {
    List<Socket> halfSent = new ArrayList<>();
    try {
      for (int i = 0; i < NeighbourRequests.UPLOADS_AT_ONCE; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        halfSent.add(socket);
        String head =
            "POST /api/neighbours?version=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      }

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                HttpResponse<String> response = post("/api/neighbours?version=1", new byte[1]);
                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.body()).contains("Try again");
              });
      assertThat(get("/").statusCode()).as("everything else").isEqualTo(200);
    } finally {
      for (Socket socket : halfSent) {
        socket.close();
      }
    }
    // Whoever gives up makes room.
    await()
        .atMost(PATIENCE)
        .until(() -> post("/api/neighbours?version=1", new byte[1]).statusCode() == 409);
  }

  @Test
  void aForeignNameForThisMachineIsTurnedAway() throws Exception {
    assertThat(rawGet("/", "rebound.example")).startsWith("HTTP/1.1 403");
    assertThat(rawGet("/", "localhost:" + server.port())).startsWith("HTTP/1.1 200");
    assertThat(rawGet("/", "[::1]:80")).startsWith("HTTP/1.1 200");
  }

  @Test
  void anotherSiteCannotPost() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/neighbours?version=1"))
            .header("Sec-Fetch-Site", "cross-site")
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1]))
            .build();

    assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://elsewhere.example", "http://localhost:1", "null", "127.0.0.1"})
  void aPageOfAnotherOriginCannotPostWhateverItsBrowserSaysNothingOf(String origin)
      throws Exception {
    assertThat(postLabel("{}", "Origin", origin).statusCode()).isEqualTo(403);
  }

  @Test
  void thePageItselfCanPost() throws Exception {
    String own = "http://127.0.0.1:" + server.port();

    assertThat(postLabel("{}", "Origin", own).body()).contains("without --feedback");
    assertThat(postLabel("{}", "Sec-Fetch-Site", "same-origin").body())
        .contains("without --feedback");
    assertThat(
            postLabel("{}", "Origin", "http://page.example", "X-Forwarded-Host", "page.example")
                .body())
        .as("behind a proxy without TLS")
        .contains("without --feedback");
    assertThat(
            postLabel("{}", "Origin", "http://other.example", "X-Forwarded-Host", "page.example")
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void labelsAreTakenOnlyWhereThatIsAskedFor() throws Exception {
    HttpResponse<String> response = postLabel("{\"id\":\"cup-1\",\"label\":\"cup\"}");

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(response.body()).contains("without --feedback");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"id\":\"\",\"label\":\"cup\"}",
        "{\"label\":\"cup\"}",
        "{\"id\":\"cup-1\"}",
        "{\"id\":\"cup-1\",\"label\":\" \"}",
        "{\"id\":\"cup-1\",\"label\":\"c\\u0000p\"}",
        "{\"id\":{},\"label\":\"cup\"}",
        "{\"id\":\"cup-1\",\"labels\":\"cup\"}"
      })
  void whatIsNoLabelIsRefusedWithWhatIsWrong(String body) throws Exception {
    HttpResponse<String> response = giveLabel(body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("Expected is");
  }

  @Test
  void aLabelIsJsonAndShort() throws Exception {
    assertThat(giveLabel(" ".repeat(Labelling.MAX_BYTES + 1)).statusCode()).isEqualTo(413);
    assertThat(giveLabel("{\"id\":\"cup-1\",\"label\":\"%s\"}".formatted("x".repeat(257))).body())
        .contains("257 bytes");
    assertThat(
            post("/api/labels?token=a-token-of-mine", "{}".getBytes(StandardCharsets.UTF_8))
                .statusCode())
        .as("as a form of another site could send it")
        .isEqualTo(415);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"cup\"", "null"})
  void aLabelThatKafkaDoesNotTakeIsToBeGivenAgain(String label) throws Exception {
    HttpResponse<String> response = giveLabel("{\"id\":\"cup-1\",\"label\":%s}".formatted(label));

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("give it again");
  }

  @Test
  void labelsNeedTheTokenToo() throws Exception {
    server = withFeedback;

    assertThat(postLabel("{}").statusCode()).isEqualTo(401);
    assertThat(postLabel("{}", "Authorization", "Bearer wrong-token").statusCode()).isEqualTo(401);
    assertThat(postLabel("{}", "Authorization", "Bearer a-token-of-mine").statusCode())
        .isEqualTo(400);
  }

  @Test
  void beyondThisMachineATokenIsMadeUpAndNeeded() throws Exception {
    start("0.0.0.0", null);
    String token = server.address().substring(server.address().indexOf('=') + 1);

    assertThat(token).hasSizeGreaterThan(20);
    assertThat(get("/").statusCode()).isEqualTo(401);
    assertThat(get("/api/map?version=1&token=wrong").statusCode()).isEqualTo(401);
    assertThat(get("/events").statusCode()).isEqualTo(401);
  }

  @Test
  void theTokenMovesFromTheAddressIntoACookie() throws Exception {
    start("0.0.0.0", "a-token-of-mine");

    HttpResponse<String> response = get("/?token=a-token-of-mine");

    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("Location")).as("below a proxy's path").contains("./");
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict");
    String cookies = "other=1; " + cookie.substring(0, cookie.indexOf(';'));
    assertThat(getWith(cookies, "/").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quadstream-token=an-older-one",
        "quadstream-token=an-older-one; quadstream-token-8090=that-of-another-page"
      })
  void aBrowserThatWasHereBeforeComesInByTheNewToken(String cookies) throws Exception {
    start("0.0.0.0", "a-token-of-mine");

    HttpResponse<String> response = getWith(cookies, "/?token=a-token-of-mine");

    assertThat(response.statusCode()).isEqualTo(303);
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).startsWith("quadstream-token-" + server.port() + "=a-token-of-mine;");
    String both = cookies + "; " + cookie.substring(0, cookie.indexOf(';'));
    assertThat(getWith(both, "/").statusCode()).isEqualTo(200);
    assertThat(getWith(cookies, "/").statusCode()).isEqualTo(401);
  }

  private HttpResponse<String> getWith(String cookies, String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).header("Cookie", cookies).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void whoWatchesTheProcessNeedsNoToken() throws Exception {
    start("0.0.0.0", "a-token-of-mine");

    HttpResponse<String> health = get("/health");

    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).isEqualTo("{\"status\":\"up\"}");
    assertThat(rawGet("/health", "10.1.2.3:8080")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/main.js", "/health", "/events", "/api/map?version=1"})
  void aHeadIsAnsweredAsAGetWithoutItsBody(String path) throws Exception {
    HttpRequest head =
        HttpRequest.newBuilder(uri(path))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();

    HttpResponse<String> answer = CLIENT.send(head, HttpResponse.BodyHandlers.ofString());

    assertThat(answer.body()).isEmpty();
    assertThat(answer.statusCode()).isEqualTo(path.startsWith("/api") ? 404 : 200);
    if (!path.equals("/events")) {
      assertThat(answer.headers().firstValueAsLong("Content-Length")).isPresent();
    }
  }

  @Test
  void noProxyHoldsEventsBack() throws Exception {
    HttpRequest head =
        HttpRequest.newBuilder(uri("/events"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();

    assertThat(
            CLIENT
                .send(head, HttpResponse.BodyHandlers.discarding())
                .headers()
                .firstValue("X-Accel-Buffering"))
        .contains("no");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/main.js",
        "/charts.js",
        "/embedding-map.js",
        "/feedback.js",
        "/neighbours.js",
        "/panels.js",
        "/dom.js",
        "/replica.js",
        "/stream.js"
      })
  void thePageCanBeServedBelowAPath(String path) throws Exception {
    assertThat(get(path).body())
        .doesNotContainPattern("(href|src)=\"/")
        .doesNotContainPattern("['\"`]/(api|events|\\w+\\.js)");
  }

  @Test
  void clientsThatDribbleKeepNobodyOut() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        slow.add(socket);
        socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
      }
      for (int i = 0; i < 5; i++) {
        HttpRequest newcomer =
            HttpRequest.newBuilder(uri("/")).timeout(Duration.ofSeconds(15)).build();
        assertThat(CLIENT.send(newcomer, HttpResponse.BodyHandlers.discarding()).statusCode())
            .isEqualTo(200);
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void aKafkaThatIsNotThereIsTheFirstThingThatThePageIsTold() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri("/events")).build();

    try (InputStream events =
            CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (!line.contains("degraded")) {
        line = lines.readLine();
      }
      assertThat(line).contains("Kafka cannot be reached at 127.0.0.1:1");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    assertThatThrownBy(() -> DashboardServer.start(settings("127.0.0.1", server.port(), null)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("port " + server.port())
        .hasMessageContaining("Choose another port");
  }

  @Test
  void aShortTokenIsRefused() {
    assertThatThrownBy(() -> settings("0.0.0.0", 0, "short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 to 200");
  }

  private void start(String bind, String token) {
    server = DashboardServer.start(settings(bind, 0, token));
  }

  static DashboardSettings.Images images() {
    return new DashboardSettings.Images(
        new ImageRecordParser(
            Topics.MAX_MESSAGE_BYTES,
            new CaptureTime(CaptureTime.USUALLY_AHEAD),
            ImageRecordParser.Unlabelled.QUESTION),
        ReferencedContent.NOWHERE,
        shape -> new ImageDecoder(shape, ImageLimits.defaults()));
  }

  private static DashboardSettings settings(String bind, int port, String token) {
    return settings(bind, port, token, false);
  }

  private static DashboardSettings settings(String bind, int port, String token, boolean feedback) {
    return new DashboardSettings(
        new KafkaConnection("127.0.0.1:1", Map.of("max.block.ms", "300")),
        new Topics(""),
        "group",
        new org.apache.flink.core.fs.Path(directory.toUri()),
        "network",
        images(),
        null,
        () -> List.of(HELD_OUT),
        feedback ? 100 : 0,
        new Binding(bind, port, token));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** To the page that takes labels. */
  private HttpResponse<String> giveLabel(String body) throws Exception {
    server = withFeedback;
    return postLabel(body, "Authorization", "Bearer a-token-of-mine");
  }

  private HttpResponse<String> postLabel(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/api/labels"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** With a Host header or a path that the client would not send. */
  private String rawGet(String path, String host) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      out.print("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      out.flush();
      return in.readLine();
    }
  }
}
