package dev.quadstream.serve.web;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** {@code quadstream dashboard} in a process of its own, and a browser that looks at it. */
final class TestingPage implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path directory;
  private final List<String> arguments;
  private final TestingBrowser browser;
  private TestingProgram program;
  private int starts;
  private final String address;

  private TestingPage(Path directory, List<String> arguments) throws IOException {
    this.directory = directory;
    this.arguments = arguments;
    this.program = program("0");
    this.address = program.awaitAfter("Live page at ");
    this.browser = TestingBrowser.start(Files.createDirectories(directory.resolve("browser")));
    browser.open(address);
  }

  /** Starts both; the arguments are those of {@code dashboard} but for the port. */
  static TestingPage open(Path directory, List<String> arguments) throws IOException {
    return new TestingPage(directory, arguments);
  }

  private TestingProgram program(String port) {
    List<String> command = new ArrayList<>(List.of("dashboard", "--port", port));
    command.addAll(arguments);
    return TestingProgram.start(directory.resolve("dashboard-" + starts++ + ".log"), command);
  }

  TestingBrowser browser() {
    return browser;
  }

  TestingProgram program() {
    return program;
  }

  String address() {
    return address;
  }

  /** Ends the server with SIGKILL and waits until the page says so. */
  void killServer() {
    program.kill();
    await().atMost(PATIENCE).until(() -> browser.text("#state").equals("no connection"));
  }

  /** Starts the server again on its port. */
  void startServer() {
    program = program(address.substring(address.lastIndexOf(':') + 1));
    program.awaitAfter("Live page at ");
  }

  /** Waits until the map shows a version. */
  void awaitMapOf(long version) {
    await("v" + version + " on the map")
        .atMost(PATIENCE)
        .until(() -> browser.text("#map-version-name").startsWith("v" + version + " "));
    // Its name comes before its images.
    await("images on the map").atMost(PATIENCE).until(() -> inkOnTheMap() > 0);
    settle();
  }

  /** Waits until the map has stopped moving. */
  void settle() {
    await().atMost(PATIENCE).until(() -> picture().equals(picture()));
  }

  /** The number in an element, or −1. */
  long number(String selector) {
    String digits = browser.text(selector).replaceAll("[^0-9]", "");
    return digits.isEmpty() ? -1 : Long.parseLong(digits);
  }

  /** Pixels of the map that are not empty. */
  int inkOnTheMap() {
    return browser
        .run(
            "const map = document.querySelector('#map-canvas');"
                + "const {data} = map.getContext('2d').getImageData(0, 0, map.width, map.height);"
                + "let ink = 0; for (let i = 3; i < data.length; i += 4) ink += data[i] > 0;"
                + "return ink;")
        .asInt();
  }

  /** The map's pixels; those of two animation frames apart where it moves. */
  String picture() {
    return browser
        .run(
            "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>"
                + " done(document.querySelector('#map-canvas').toDataURL()))))")
        .asText();
  }

  /**
   * A place on the map.
   *
   * @param x from the left edge of the map, in pixels
   * @param y from its upper edge
   * @param tip what the page says of the image there
   */
  record Place(double x, double y, String tip) {

    /** The class of the image there. */
    String label() {
      return tip.split(" · ", -1)[0];
    }
  }

  /**
   * The middle of an image near to the middle of the map, or a place on it where that is hard to
   * tell.
   */
  Place image() {
    JsonNode place =
        browser.run(
            """
            const map = document.querySelector('#map-canvas');
            map.scrollIntoView({block: 'center'});
            const box = map.getBoundingClientRect();
            const places = [];
            for (let y = 8; y < box.height; y += 8) for (let x = 8; x < box.width; x += 8) places.push([x, y]);
            const fromMiddle = ([x, y]) => Math.hypot(x - box.width / 2, y - box.height / 2);
            places.sort((one, other) => fromMiddle(one) - fromMiddle(other));
            const tip = document.querySelector('#map-tip');
            const tipAt = ([x, y]) => {
              map.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + x, clientY: box.top + y}));
              return tip.hidden ? null : [parseFloat(tip.style.left), parseFloat(tip.style.top), tip.textContent];
            };
            let nearby = [0, 0, ''];
            for (const place of places) {
              const shown = tipAt(place);
              if (shown === null) continue;
              // The pointer need not be on the image's middle, which the tip keeps its distance from,
              // unless it would not fit on the map there.
              const middle = [shown[0] - 20, shown[1] + 40];
              if (String(tipAt(middle)) === String(shown)) return [...middle, shown[2]];
              if (nearby[2] === '') nearby = [...place, shown[2]];
            }
            return nearby;
            """);
    return new Place(place.path(0).asDouble(), place.path(1).asDouble(), place.path(2).asText());
  }

  /**
   * Clicks an image near the middle of the map until something is so: the map may be named before
   * its images are there.
   */
  Place clickAnImageUntil(Predicate<Place> shown) {
    AtomicReference<Place> clicked = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              if (clicked.get() != null && shown.test(clicked.get())) {
                return true;
              }
              Place image = image();
              if (!image.label().isEmpty()) {
                browser.clickAt("#map-canvas", image.x(), image.y());
                clicked.set(image);
              }
              return false;
            });
    return clicked.get();
  }

  /** The same until the neighbours under the newest model and the one before show. */
  Place clickAnImage() {
    return clickAnImageUntil(image -> browser.count("#neighbour-list .nearest") == 2);
  }

  /** What the page says of the image at a place; empty where there is none. */
  String tipAt(double x, double y) {
    return browser
        .run(
            """
            const map = document.querySelector('#map-canvas');
            const box = map.getBoundingClientRect();
            for (const [x, y] of [[-999, -999], arguments]) {
              map.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + x, clientY: box.top + y}));
            }
            const tip = document.querySelector('#map-tip');
            return tip.hidden ? '' : tip.textContent.split(' · ')[0];
            """,
            x,
            y)
        .asText();
  }

  @Override
  public void close() {
    try {
      browser.close();
    } finally {
      program.close();
    }
  }
}
