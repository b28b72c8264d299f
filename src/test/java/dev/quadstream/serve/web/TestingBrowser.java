package dev.quadstream.serve.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.FreePorts;
import java.io.File;
import java.io.IOException;
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
          "--window-size=1280,1000");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private final int port;
  private final String session;

  private TestingBrowser(Process driver, int port, Path profile) {
    this.driver = driver;
    this.port = port;
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
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
                        Map.of("browser", "ALL", "performance", "ALL")))));
    this.session = "/session/" + answer.path("sessionId").asText();
  }

  /** Skips the tests where one of the programs that this needs is not installed. */
  static void assumeInstalled() {
    assumeTrue(
        program("chromedriver").isPresent()
            && (program("chromium").isPresent() || program("google-chrome").isPresent()),
        "The page is not tested in a browser: chromium and chromedriver are not on the PATH.");
  }

  private static Optional<Path> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts a browser with a profile of its own in the directory. */
  static TestingBrowser start(Path directory) throws IOException {
    int port = FreePorts.any();
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
    drag(selector, List.of(new double[] {x, y}));
  }

  /** Presses the left button at the first of some points of an element, lets go at the last. */
  void drag(String selector, List<double[]> points) {
    perform(List.of(pointer("mouse", "mouse", corner(selector), points)));
  }

  /** As many fingers as there are lists of points, of the same length, moving at the same time. */
  void touch(String selector, List<List<double[]>> fingers) {
    double[] corner = corner(selector);
    List<Map<String, Object>> sources = new ArrayList<>();
    for (List<double[]> points : fingers) {
      sources.add(pointer("touch", "finger-" + sources.size(), corner, points));
    }
    perform(sources);
  }

  /** Turns the wheel over a point of an element. */
  void wheel(String selector, double x, double y, int down) {
    double[] corner = corner(selector);
    perform(
        List.of(
            Map.of(
                "type",
                "wheel",
                "id",
                "wheel",
                "actions",
                List.of(
                    Map.of(
                        "type",
                        "scroll",
                        "x",
                        Math.round(corner[0] + x),
                        "y",
                        Math.round(corner[1] + y),
                        "deltaX",
                        0,
                        "deltaY",
                        down)))));
  }

  /** Presses a key, wherever the focus is. */
  void press(String key) {
    perform(
        List.of(
            Map.of(
                "type",
                "key",
                "id",
                "keyboard",
                "actions",
                List.of(
                    Map.of("type", "keyDown", "value", key),
                    Map.of("type", "keyUp", "value", key)))));
  }

  private double[] corner(String selector) {
    JsonNode corner =
        run(
            "const element = document.querySelector(arguments[0]);"
                + "element.scrollIntoView({block: 'center'});"
                + "const box = element.getBoundingClientRect(); return [box.left, box.top];",
            selector);
    return new double[] {corner.path(0).asDouble(), corner.path(1).asDouble()};
  }

  private static Map<String, Object> pointer(
      String type, String id, double[] corner, List<double[]> points) {
    List<Map<String, Object>> actions = new ArrayList<>();
    for (double[] point : points) {
      actions.add(
          Map.of(
              "type",
              "pointerMove",
              "x",
              Math.round(corner[0] + point[0]),
              "y",
              Math.round(corner[1] + point[1]),
              "duration",
              actions.isEmpty() ? 0 : 50));
      if (actions.size() == 1) {
        actions.add(Map.of("type", "pointerDown", "button", 0));
      }
    }
    actions.add(Map.of("type", "pointerUp", "button", 0));
    return Map.of(
        "type", "pointer", "id", id, "parameters", Map.of("pointerType", type), "actions", actions);
  }

  private void perform(List<Map<String, Object>> sources) {
    command("POST", "/actions", Map.of("actions", sources));
    command("DELETE", "/actions", null);
  }

  /** Sends a command of the Chrome DevTools Protocol. */
  JsonNode devTools(String command, Map<String, Object> parameters) {
    return command("POST", "/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
  }

  /** Shows the page light or dark, in a window of a size. */
  void show(String colourScheme, int width, int height) {
    devTools(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colourScheme))));
    devTools(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** A figure of the page after a garbage collection, such as JSHeapUsedSize or Nodes. */
  long metric(String name) {
    devTools("HeapProfiler.collectGarbage", Map.of());
    devTools("Performance.enable", Map.of());
    for (JsonNode metric : devTools("Performance.getMetrics", Map.of()).path("metrics")) {
      if (metric.path("name").asText().equals(name)) {
        return metric.path("value").asLong();
      }
    }
    throw new IllegalStateException("The browser does not measure " + name);
  }

  /** The addresses that the page asked for since the last call, or since the start. */
  List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (JsonNode entry : command("POST", "/se/log", Map.of("type", "performance"))) {
      JsonNode message =
          JsonMessages.read(entry.path("message").asText().getBytes(UTF_8), JsonNode.class)
              .path("message");
      if (message.path("method").asText().equals("Network.requestWillBeSent")) {
        requests.add(message.path("params").path("request").path("url").asText());
      }
    }
    return requests;
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
            .timeout(Duration.ofMinutes(2))
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
