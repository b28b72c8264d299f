package dev.quadstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.kafka.JsonMessages;
import dev.quadstream.kafka.KafkaBroker;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.training.WindowReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, over a real broker. The tests go on from one another's page. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WINDOWS = 40;
  private static final int WINDOWS_IN_AN_HOUR = 20_000;

  /** WebDriver's codes of keys without a character. */
  private static final String RIGHT_ARROW = "\uE014";

  private static final String ENTER = "\uE007";
  private static final Topics TOPICS = new Topics("page.");

  @TempDir private static Path directory;

  private static KafkaBroker broker;
  private static TestingRun run;
  private static DashboardServer server;
  private static TestingBrowser browser;

  @BeforeAll
  static void openThePage() throws Exception {
    assumeTrue(
        TestingBrowser.isInstalled(),
        "The page is not tested in a browser: chromium and chromedriver are not on the PATH.");
    broker = KafkaBroker.start(directory.resolve("kafka"), 0);
    try (TopicAdmin admin = new TopicAdmin(broker.bootstrapServers())) {
      admin.create(TOPICS, 1, 1);
    }
    run = new TestingRun(broker.bootstrapServers(), TOPICS, directory.resolve("models"));
    run.sendImages();
    run.publish(16);
    run.publish(32);
    run.sendReports(0, WINDOWS);
    run.sendDeadLetters(3);
    server = DashboardServer.start(settings(0));
    browser = TestingBrowser.start(Files.createDirectory(directory.resolve("browser")));
    browser.open(server.address());
    await().atMost(PATIENCE).until(() -> browser.text("#map-version-name").startsWith("v32"));
  }

  @AfterAll
  static void closeEverything() {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
    if (run != null) {
      run.close();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  @Order(1)
  void everyPanelAgreesWithTheTopics() {
    List<WindowReport> reports = reports();
    WindowReport last = reports.get(reports.size() - 1);
    long images = reports.stream().mapToLong(WindowReport::images).sum();

    await().atMost(PATIENCE).until(() -> number("#figure-images") == images);
    assertThat(number("#figure-version")).isEqualTo(last.modelVersion());
    assertThat(number("#figure-letters")).isEqualTo(3);
    assertThat(browser.text("#network")).isEqualTo(TestingRun.NETWORK);
    assertThat(browser.text("#letter-list")).contains("3 × corrupt-image", "<img src=x>");
    assertThat(browser.text("#margins-legend"))
        .contains("%.3f".formatted(last.meanNegative()), "%.3f".formatted(last.alpha1()));
    assertThat(browser.text("#recall-legend")).contains("0.750");
    assertThat(browser.count(".chart canvas")).isEqualTo(4);
    assertThat(browser.count("#model-rows tr")).isEqualTo(2);
    assertThat(browser.text("#model-rows tr")).contains("v32", "newest");
    assertThat(browser.text("#hard-list .card")).contains("0.900", "0.125", "0.250");
    assertThat(browser.text("#arrival-list")).contains("upper", "middle");
    assertThat(inkOnTheMap()).isGreaterThan(1_000);
  }

  @Test
  @Order(2)
  void markupInLabelsAndIdsIsText() {
    assertThat(browser.text("#hard-list")).contains(TestingRun.MARKUP);
    assertThat(browser.text("#arrival-list")).contains(TestingRun.MARKUP);
    assertThat(browser.count("main script, main i:not(.key), #hard-list figcaption b b")).isZero();
    assertThat(browser.run("return window.broken === undefined").asBoolean()).isTrue();
  }

  @Test
  @Order(3)
  void aClickOnAnImageShowsItsNeighboursUnderBothModels() {
    // The pointer goes over the map until an image says its name.
    JsonNode place =
        browser.run(
            """
            const map = document.querySelector('#map-canvas');
            map.scrollIntoView({block: 'center'});
            const box = map.getBoundingClientRect();
            for (let y = 5; y < box.height; y += 8) {
              for (let x = 5; x < box.width; x += 8) {
                map.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + x, clientY: box.top + y}));
                const tip = document.querySelector('#map-tip');
                if (!tip.hidden) return [x, y, tip.textContent];
              }
            }
            return [0, 0, ''];
            """);
    String label = place.path(2).asText().split(" · ", -1)[0];
    assertThat(label).isIn(TestingRun.CLASSES);
    browser.run("document.querySelector('#neighbour-list').replaceChildren()");

    browser.clickAt("#map-canvas", place.path(0).asDouble(), place.path(1).asDouble());

    await().atMost(PATIENCE).until(() -> browser.count("#neighbour-list .nearest") == 2);
    assertThat(browser.text("#neighbour-list .probe strong")).isEqualTo(label);
    assertThat(browser.text("#neighbour-list .nearest h3")).contains("Now, v32");
    assertThat(browser.text("#neighbour-list .nearest:last-child h3")).contains("Before, v16");
    assertThat(browser.count("#neighbour-list li")).isEqualTo(12);
    assertThat(browser.text("#neighbour-list li .name")).isEqualTo("✓ " + label);
    assertThat(browser.text("#neighbour-list li .value:last-child")).matches("g [01]\\.[0-9]{3}");
  }

  @Test
  @Order(4)
  void theKeyboardReachesTheImagesToo() {
    browser.run("document.querySelector('#neighbour-list').replaceChildren()");

    browser.type("#map-canvas", RIGHT_ARROW + ENTER);

    await().atMost(PATIENCE).until(() -> browser.count("#neighbour-list .nearest") == 2);
  }

  @Test
  @Order(4)
  void anImageOfOnesOwnFindsItsClass() throws Exception {
    Path file = Files.write(directory.resolve("own.png"), TestingRun.png(2, 999));

    browser.type("#upload", file.toString());

    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("#neighbour-list .probe strong").equals("Looks like left"));
  }

  @Test
  @Order(5)
  void aFileThatIsNoImageIsExplained() throws Exception {
    Path file = Files.writeString(directory.resolve("words.txt"), "These are words.");

    browser.type("#upload", file.toString());

    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("#neighbour-list .problem").contains("no known image format"));
  }

  @Test
  @Order(6)
  void theSliderGoesBackToAnEarlierModel() {
    browser.run(
        "const slider = document.querySelector('#map-version'); slider.value = 0;"
            + "slider.dispatchEvent(new Event('input'))");

    await().atMost(PATIENCE).until(() -> browser.text("#map-version-name").startsWith("v16"));
    assertThat(inkOnTheMap()).isGreaterThan(1_000);
  }

  @Test
  @Order(7)
  void nothingWasBlockedOrFailedOnThePage() {
    // The upload that is no image answers 422, and a picture that is not read yet 404.
    assertThat(browser.errors()).allMatch(error -> error.matches(".*\\b(422|404)\\b.*"));
  }

  @Test
  @Order(8)
  void thePageRecoversWhenItsServerComesBack() {
    int port = server.port();
    server.close();
    await().atMost(PATIENCE).until(() -> browser.text("#state").equals("no connection"));

    run.sendReports(WINDOWS, WINDOWS + 10);
    server = DashboardServer.start(settings(port));

    await()
        .atMost(PATIENCE)
        .until(() -> number("#figure-images") == (WINDOWS + 10) * TestingReports.IMAGES_A_WINDOW);
    await().atMost(PATIENCE).until(() -> browser.text("#state").equals("running"));
  }

  @Test
  @Order(9)
  void anHourOfReportsKeepsThePageSmall() {
    run.sendReports(WINDOWS + 10, 2_000);
    await().atMost(PATIENCE).until(() -> number("#figure-version") == 2_000);
    long before = browser.heapBytes();

    run.sendReports(2_000, WINDOWS_IN_AN_HOUR);
    await().atMost(PATIENCE).until(() -> number("#figure-version") == WINDOWS_IN_AN_HOUR);

    assertThat(browser.heapBytes() - before).isLessThan(5L << 20);
  }

  private static List<WindowReport> reports() {
    try (TopicReader reader =
        new TopicReader(broker.bootstrapServers(), TOPICS.reports(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream()
          .map(message -> JsonMessages.read(message.value(), WindowReport.class))
          .toList();
    }
  }

  private static long number(String selector) {
    String digits = browser.text(selector).replaceAll("[^0-9]", "");
    return digits.isEmpty() ? -1 : Long.parseLong(digits);
  }

  /** Pixels of the map that are not empty. */
  private static int inkOnTheMap() {
    return browser
        .run(
            "const map = document.querySelector('#map-canvas');"
                + "const {data} = map.getContext('2d').getImageData(0, 0, map.width, map.height);"
                + "let ink = 0; for (let i = 3; i < data.length; i += 4) ink += data[i] > 0;"
                + "return ink;")
        .asInt();
  }

  private static DashboardSettings settings(int port) {
    return new DashboardSettings(
        broker.bootstrapServers(),
        new Properties(),
        TOPICS,
        "group",
        new org.apache.flink.core.fs.Path(directory.resolve("models").toUri()),
        TestingRun.NETWORK,
        null,
        List.of(),
        "127.0.0.1",
        port,
        null);
  }
}
