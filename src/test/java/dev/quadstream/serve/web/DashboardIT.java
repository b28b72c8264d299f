package dev.quadstream.serve.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.training.TestingReports;
import dev.quadstream.training.WindowReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

  private static final Duration PATIENCE = TestingPage.PATIENCE;
  private static final int WINDOWS = 40;

  /** At a window every 0.3 s. */
  private static final int WINDOWS_IN_AN_HOUR = 12_000;

  private static final long MEBIBYTE = 1 << 20;

  /** WebDriver's codes of keys without a character. */
  private static final String RIGHT_ARROW = "\uE014";

  private static final String ENTER = "\uE007";
  private static final Topics TOPICS = new Topics("page.");

  /** How many versions are before the newest on the map's slider. */
  private static final String FRAMES = "return Number(document.querySelector('#map-version').max)";

  @TempDir private static Path directory;

  private static TestingTopics run;
  private static ModelManifest first;
  private static ModelManifest model;
  private static TestingPage page;
  private static TestingBrowser browser;

  @BeforeAll
  static void openThePage() throws Exception {
    TestingBrowser.assumeInstalled();
    run = TestingTopics.onItsOwnBroker(directory, TOPICS);
    run.sendImages();
    first = run.publish(16);
    model = run.publish(32);
    run.sendReports(0, WINDOWS);
    run.sendDeadLetters(3);
    page = TestingPage.open(directory, run.arguments());
    browser = page.browser();
    page.awaitMapOf(32);
  }

  @AfterAll
  static void closeEverything() {
    if (page != null) {
      page.close();
    }
    if (run != null) {
      run.close();
    }
  }

  @Test
  @Order(1)
  void everyPanelAgreesWithTheTopics() {
    List<WindowReport> reports = reports();
    WindowReport last = reports.get(reports.size() - 1);
    long images = reports.stream().mapToLong(report -> report.images().arrived()).sum();

    // Each topic comes at its own pace.
    await().atMost(PATIENCE).untilAsserted(() -> assertPanelsShow(last, images));
    assertThat(page.inkOnTheMap()).isGreaterThan(1_000);
  }

  private static void assertPanelsShow(WindowReport last, long images) {
    assertThat(page.number("#figure-images")).isEqualTo(images);
    assertThat(page.number("#figure-version")).isEqualTo(last.identity().version());
    assertThat(page.number("#figure-letters")).isEqualTo(3);
    assertThat(browser.text("#network")).isEqualTo(TestingTopics.NETWORK);
    assertThat(browser.text("#letter-list")).contains("3 × corrupt-image", "<img src=x>");
    assertThat(browser.text("#margins-legend"))
        .contains(
            "%.3f".formatted(last.margins().meanNegative()),
            "%.3f".formatted(last.margins().alpha1()));
    assertThat(browser.text("#recall-legend")).contains("0.750");
    assertThat(browser.count(".chart canvas")).isEqualTo(4);
    assertThat(browser.count("#model-rows tr")).isEqualTo(2);
    assertThat(browser.text("#model-rows tr")).contains("v32", "newest");
    assertThat(browser.text("#hard-list .card")).contains("0.900", "0.125", "0.250");
    assertThat(browser.text("#arrival-list")).contains("upper", "middle");
  }

  @Test
  @Order(2)
  void markupInLabelsAndIdsIsText() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(browser.text("#hard-list")).contains(TestingTopics.MARKUP);
              assertThat(browser.text("#arrival-list")).contains(TestingTopics.MARKUP);
            });
    assertThat(browser.count("main script, main i:not(.key), #hard-list figcaption b b")).isZero();
    assertThat(browser.run("return window.broken === undefined").asBoolean()).isTrue();
  }

  @Test
  @Order(3)
  void aClickOnAnImageShowsItsNeighboursUnderBothModels() {
    browser.run("document.querySelector('#neighbour-list').replaceChildren()");

    String label = page.clickAnImage().label();

    assertThat(label).isIn(TestingTopics.CLASSES);
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
    Path file = Files.write(directory.resolve("own.png"), TestingTopics.png(2, 999));

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
  void whatIsLiveIsShownWithItsEvidenceAndTheMapStaysUnderIt() {
    ReleaseDecision.Evidence evidence =
        new ReleaseDecision.Evidence(
            48,
            32,
            new ReleaseDecision.Counts(1_000, 14, 3),
            new ReleaseDecision.Counts(500, 4, 2),
            1.25);
    run.publish(48, new ReleaseDecision(32, 16L, "gate", "waiting", false, List.of(16L), evidence));

    await().atMost(PATIENCE).until(() -> browser.count("#model-rows tr") == 3);
    assertThat(browser.text("#release"))
        .contains(
            "v32 is live, policy gate.",
            "v48 is on trial: of 1,000 images 14",
            "3 under v32 alone (+1.1 %); evidence of harm 1.3",
            "Never released: v16.");
    assertThat(browser.text("#model-rows")).contains("v48newest", "v32live", "v16quarantined");
    await().atMost(PATIENCE).until(() -> browser.run(FRAMES).asInt() == 2);
    page.awaitMapOf(32);
    assertThat(browser.text("#map-version-name")).endsWith("live");
    assertThat(linesOf("bad")).isZero();

    run.sendPointer(
        new Release(
            first.identity(),
            first.file(),
            1,
            48,
            new ReleaseDecision(16, 32L, "gate", "rolled-back", true, List.of(32L), null, 1)));

    page.awaitMapOf(16);
    assertThat(browser.text("#release")).startsWith("v16 is live, held by command.");
    assertThat(browser.text("#recall-moves"))
        .isEqualTo("Lines: 2 releases, the dashed one to an earlier version.");
    await().atMost(PATIENCE).until(() -> linesOf("bad") > 50);
    assertThat(linesOf("good")).isGreaterThan(50);

    // A manifest in which that command is known.
    run.publish(64, new ReleaseDecision(32, 16L, "gate", "pinned", true, List.of(), null, 2));
    page.awaitMapOf(32);
  }

  /** Pixels of the recall chart that have exactly one of the theme's colours. */
  private static int linesOf(String colour) {
    return browser
        .run(
            """
            const canvas = document.querySelector('#recall-chart canvas');
            const probe = document.createElement('canvas').getContext('2d');
            probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--' + arguments[0]).trim();
            probe.fillRect(0, 0, 1, 1);
            const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
            const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255) count++;
            return count;
            """,
            colour)
        .asInt();
  }

  @Test
  @Order(7)
  void nothingWasBlockedOrFailedOnThePage() {
    // The upload that is no image answers 422, and a picture that is not read yet 404.
    assertThat(browser.errors()).allMatch(error -> error.matches(".*\\b(422|404)\\b.*"));
  }

  @Test
  @Order(8)
  void thePageRecoversWhenItsServerIsKilledAndComesBack() {
    page.killServer();
    run.sendReports(WINDOWS, WINDOWS + 10);

    page.startServer();

    await()
        .atMost(PATIENCE)
        .until(
            () -> page.number("#figure-images") == (WINDOWS + 10) * TestingReports.IMAGES_A_WINDOW);
    await().atMost(PATIENCE).until(() -> browser.text("#state").equals("running"));
    page.awaitMapOf(32);
  }

  @Test
  @Order(9)
  void anHourKeepsServerAndBrowserSmall() throws Exception {
    int half = WINDOWS_IN_AN_HOUR / 2;
    replay(WINDOWS + 10, half, 1);
    long serverBefore = page.program().heapBytes();
    long browserBefore = browser.metric("JSHeapUsedSize");
    long nodesBefore = browser.metric("Nodes");

    replay(half, WINDOWS_IN_AN_HOUR, 2);
    long server = page.program().heapBytes();
    long browserHeap = browser.metric("JSHeapUsedSize");
    long nodes = browser.metric("Nodes");

    String figures =
        "server %,d then %,d bytes, browser %,d then %,d bytes, %,d then %,d nodes"
            .formatted(serverBefore, server, browserBefore, browserHeap, nodesBefore, nodes);
    System.out.println("After half an hour and after an hour: " + figures);
    assertThat(server - serverBefore).as(figures).isLessThan(12 * MEBIBYTE);
    assertThat(server).as(figures).isLessThan(250 * MEBIBYTE);
    assertThat(browserHeap - browserBefore).as(figures).isLessThan(3 * MEBIBYTE);
    assertThat(browserHeap).as(figures).isLessThan(20 * MEBIBYTE);
    assertThat(nodes - nodesBefore).as(figures).isLessThan(1_000);
  }

  /** Sends part of a run and waits until the page has taken all of it up. */
  private static void replay(long from, long to, int times) throws Exception {
    run.sendHistory(from, to, model);
    await().atMost(PATIENCE).until(() -> page.number("#figure-version") == to);
    await()
        .atMost(PATIENCE)
        .until(
            () -> page.number("#figure-letters") == 3 + (long) times * TestingTopics.DEAD_LETTERS);
    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("#arrival-list").contains(TestingTopics.lastClassOf(from)));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser
                    .run(
                        "return fetch('/api/map?version=' + arguments[0]).then((answer) =>"
                            + " answer.json()).then((map) => map.images.some((image) =>"
                            + " image.version === arguments[1]))",
                        shownVersion(),
                        to)
                    .asBoolean());
  }

  private static long shownVersion() {
    return Long.parseLong(browser.text("#map-version-name").split("\\D+", -1)[1]);
  }

  private static List<WindowReport> reports() {
    try (TopicReader reader =
        new TopicReader(
            KafkaConnection.to(run.bootstrapServers()),
            TOPICS.reports(),
            TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream()
          .map(message -> JsonMessages.read(message.value(), WindowReport.class))
          .toList();
    }
  }
}
