package dev.quadstream.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.kafka.JsonMessages;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A headless Chromium, driven through chromedriver by the few commands of W3C WebDriver that the
 * tests need.
 */
final class TestingBrowser implements AutoCloseable {

  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--enable-precise-memory-info",
          "--window-size=1280,1000");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private final int port;
  private final String session;

  private TestingBrowser(Process driver, int port, Path profile) {
    this.driver = driver;
    this.port = port;
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> send("GET", "/status", null).path("ready").asBoolean());
    List<String> arguments = new ArrayList<>(FLAGS);
    arguments.add("--user-data-dir=" + profile);
    JsonNode answer =
        send(
            "POST",
            "/session",
            Map.of(
                "capabilities",
                Map.of(
                    "alwaysMatch",
                    Map.of(
                        "goog:chromeOptions",
                        Map.of("args", arguments),
                        "goog:loggingPrefs",
                        Map.of("browser", "ALL")))));
    this.session = "/session/" + answer.path("sessionId").asText();
  }

  /** Whether both programs that this needs are installed. */
  static boolean isInstalled() {
    return program("chromedriver").isPresent()
        && (program("chromium").isPresent() || program("google-chrome").isPresent());
  }

  private static Optional<Path> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts a browser with a profile of its own in the directory. */
  static TestingBrowser start(Path directory) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Process driver =
        new ProcessBuilder(program("chromedriver").orElseThrow().toString(), "--port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("chromedriver.log").toFile())
            .start();
    return new TestingBrowser(driver, port, directory.resolve("profile"));
  }

  void open(String address) {
    command("POST", "/url", Map.of("url", address));
  }

  /** Runs a function body in the page and returns what it returns. */
  JsonNode run(String script, Object... arguments) {
    return command(
        "POST", "/execute/sync", Map.of("script", script, "args", Arrays.asList(arguments)));
  }

  /** The text of the first element that matches, or an empty one. */
  String text(String selector) {
    return run("return document.querySelector(arguments[0])?.textContent ?? ''", selector).asText();
  }

  /** How many elements match. */
  int count(String selector) {
    return run("return document.querySelectorAll(arguments[0]).length", selector).asInt();
  }

  /** Types into an element; into a file input, the path of the file. */
  void type(String selector, String text) {
    command("POST", "/element/" + find(selector) + "/value", Map.of("text", text));
  }

  /** Clicks the left button at a point of an element, counted from its upper left corner. */
  void clickAt(String selector, double x, double y) {
    JsonNode corner =
        run(
            "const element = document.querySelector(arguments[0]);"
                + "element.scrollIntoView({block: 'center'});"
                + "const box = element.getBoundingClientRect(); return [box.left, box.top];",
            selector);
    int left = (int) Math.round(corner.path(0).asDouble() + x);
    int top = (int) Math.round(corner.path(1).asDouble() + y);
    Map<String, Object> mouse =
        Map.of(
            "type",
            "pointer",
            "id",
            "mouse",
            "parameters",
            Map.of("pointerType", "mouse"),
            "actions",
            List.of(
                Map.of("type", "pointerMove", "x", left, "y", top, "duration", 0),
                Map.of("type", "pointerDown", "button", 0),
                Map.of("type", "pointerUp", "button", 0)));
    command("POST", "/actions", Map.of("actions", List.of(mouse)));
  }

  /** Bytes of JavaScript objects after a garbage collection. */
  long heapBytes() {
    command(
        "POST",
        "/goog/cdp/execute",
        Map.of("cmd", "HeapProfiler.collectGarbage", "params", Map.of()));
    return run("return performance.memory.usedJSHeapSize").asLong();
  }

  /** What the page wrote to its console as an error, security violations among them. */
  List<String> errors() {
    List<String> errors = new ArrayList<>();
    for (JsonNode entry : command("POST", "/se/log", Map.of("type", "browser"))) {
      if (entry.path("level").asText().equals("SEVERE")) {
        errors.add(entry.path("message").asText());
      }
    }
    return errors;
  }

  private String find(String selector) {
    return command("POST", "/element", Map.of("using", "css selector", "value", selector))
        .path(ELEMENT)
        .asText();
  }

  private JsonNode command(String method, String path, Object body) {
    return send(method, session + path, body);
  }

  private JsonNode send(String method, String path, Object body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(JsonMessages.write(body)))
            .build();
    try {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      JsonNode value = JsonMessages.read(response.body(), JsonNode.class).path("value");
      if (response.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + value.path("message").asText());
      }
      return value;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      send("DELETE", session, null);
    } finally {
      driver.destroy();
    }
  }
}
