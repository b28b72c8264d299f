package dev.quadstream.serve.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.PixelImage;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.KafkaBrokerProcess;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.web.TestingPage.Place;
import dev.quadstream.training.WindowReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page over a demo that runs: its broker, Flink and training, each seen from outside. The tests
 * go on from one another's page.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LivePageIT {

  private static final Duration PATIENCE = TestingPage.PATIENCE;
  private static final Topics TOPICS = new Topics("");
  private static final String NETWORK = "quadstream";
  private static final String MARKUP = "<script>window.broken = true</script>";

  /** As many windows as the page takes recall over. */
  private static final int RECALL_WINDOWS = 50;

  @TempDir private static Path directory;

  private static TestingProgram demo;
  private static String kafka;
  private static KafkaBrokerProcess kafkaAgain;
  private static TestingPage page;
  private static TestingBrowser browser;

  @BeforeAll
  static void openThePage() throws Exception {
    TestingBrowser.assumeInstalled();
    demo =
        TestingProgram.start(
            directory.resolve("demo.log"),
            List.of(
                "demo",
                "--images=1000000",
                "--headless",
                "--no-page",
                "--web-port=0",
                "--directory=" + directory.resolve("demo"),
                "--set=window.images=32",
                "--set=publish.every=8",
                "--set=training.warm-up-windows=4",
                "--set=checkpoint.interval=4 s"));
    String addresses = demo.awaitAfter("Kafka at ");
    kafka = addresses.substring(0, addresses.indexOf(','));
    page =
        TestingPage.open(
            directory,
            List.of(
                "--flink",
                addresses.substring(addresses.indexOf("http")),
                "--set",
                "kafka.bootstrap-servers=" + kafka,
                "--set",
                "registry.directory=" + directory.resolve("demo").resolve("models")));
    browser = page.browser();
    await().atMost(PATIENCE).until(() -> browser.run(FRAMES).asInt() > 0);
  }

  /** The place of the newest version on the slider, so how many are before it. */
  private static final String FRAMES = "return Number(document.querySelector('#map-version').max)";

  @AfterAll
  static void closeEverything() {
    if (page != null) {
      page.close();
    }
    if (kafkaAgain != null) {
      kafkaAgain.close();
    }
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  @Order(1)
  void statusAndChartsAgreeWithTheReportsTopic() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              // At once, as the run goes on meanwhile.
              JsonNode shown =
                  browser.run(
                      """
                      const text = (id) => document.getElementById(id).textContent;
                      return {images: text('figure-images'), version: text('figure-version'), state: text('state'),
                        loss: text('loss-legend'), margins: text('margins-legend'), active: text('active-legend'),
                        recall: text('recall-legend'), memory: text('figure-memory')};
                      """);
              List<WindowReport> reports = reports();
              int windows = whole(shown.path("version").asText());
              assertThat(windows).isBetween(1, reports.size());
              List<WindowReport> seen = reports.subList(0, windows);
              WindowReport last = seen.get(windows - 1);
              assertThat(last.identity().version()).isEqualTo(windows);
              assertThat(shown.path("state").asText()).isEqualTo("running");
              assertThat(whole(shown.path("images").asText()))
                  .isEqualTo(seen.stream().mapToInt(report -> report.images().arrived()).sum());
              assertThat(shown.path("memory").asText())
                  .isEqualTo(
                      "%,d of %,d classes"
                          .formatted(last.memory().size(), last.memory().classes()));
              assertThat(shown.path("margins").asText())
                  .contains(
                      "different %.3f".formatted(last.margins().meanNegative()),
                      "same %.3f".formatted(last.margins().meanPositive()),
                      "α₁ %.3f".formatted(last.margins().alpha1()),
                      "α₂ %.3f".formatted(last.margins().alpha2()));
              assertThat(figures(shown.path("loss").asText()).get("first term"))
                  .isCloseTo(smoothed(seen, report -> report.loss().first()), within(0.001));
              assertThat(figures(shown.path("loss").asText()).get("second term"))
                  .isCloseTo(smoothed(seen, report -> report.loss().second()), within(0.001));
              assertThat(figures(shown.path("active").asText()).get("active, first term"))
                  .isCloseTo(
                      100
                          * smoothed(
                              seen,
                              report ->
                                  report.mining().found() == 0
                                      ? null
                                      : (Double)
                                          ((double) report.mining().activeFirst()
                                              / report.mining().found())),
                      within(1.0));
              List<WindowReport> lately =
                  seen.subList(Math.max(0, windows - RECALL_WINDOWS), windows);
              assertThat(figures(shown.path("recall").asText()).get("before training on it"))
                  .isCloseTo(
                      lately.stream().mapToInt(report -> report.prequential().correct()).sum()
                          / (double)
                              lately.stream()
                                  .mapToInt(report -> report.prequential().tested())
                                  .sum(),
                      within(0.001));
            });
    assertThat(browser.count(".chart canvas")).isEqualTo(4);
    await().atMost(PATIENCE).until(() -> browser.text("#figure-checkpoint").endsWith(" ago"));
    assertThat(browser.run("return document.querySelector('#flink').href").asText())
        .startsWith("http://localhost:");
  }

  @Test
  @Order(2)
  void theModelsAreThoseOfTheRegistryAndCanBeDownloaded() {
    ModelRegistry registry = registry();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode row =
                  browser.run(
                      """
                      const row = document.querySelector('#model-rows tr:last-child');
                      const link = row.querySelector('a');
                      return fetch(link.href).then((answer) => answer.arrayBuffer())
                        .then((file) => crypto.subtle.digest('SHA-256', file))
                        .then((digest) => [row.querySelector('b').textContent, link.title,
                          [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')]);
                      """);
              // The run goes on meanwhile, and deletes old ones.
              ModelManifest oldest = registry.list(NETWORK).get(0);

              assertThat(row.path(0).asText()).isEqualTo("v" + oldest.identity().version());
              assertThat(row.path(1).asText()).isEqualTo("sha256 " + oldest.file().sha256());
              assertThat(row.path(2).asText()).isEqualTo(oldest.file().sha256());
            });
    assertThat(browser.text("#model-rows tr")).contains("newest");
  }

  @Test
  @Order(3)
  void hardCasesAreThoseOfTheReports() {
    await().atMost(PATIENCE).until(() -> browser.count("#hard-list .card") > 0);
    JsonNode card =
        browser.run(
            """
            const card = document.querySelector('#hard-list .card');
            return [[...card.querySelectorAll('figcaption')].map((caption) => caption.title),
              card.querySelector('.distances b').textContent,
              card.querySelector('.where').textContent.replace(/[^0-9]/g, '')];
            """);
    WindowReport report = reports().get(card.path(2).asInt());

    assertThat(report.details().hardest())
        .anySatisfy(
            hard -> {
              assertThat(hard.images().anchor()).isEqualTo(card.path(0).path(0).asText());
              assertThat(hard.images().secondNegative()).isEqualTo(card.path(0).path(3).asText());
              assertThat("%.3f".formatted(hard.distances().positiveDistance()))
                  .isEqualTo(card.path(1).asText());
            });
  }

  @Test
  @Order(4)
  void aClickShowsNeighboursWithTheDistancesOfTheModel() throws Exception {
    // An older one stays while newer ones come.
    browser.run(
        "const slider = document.querySelector('#map-version'); slider.value = 1;"
            + "slider.dispatchEvent(new Event('input'))");
    page.settle();

    Place image = clickAnImage();
    JsonNode shown =
        browser.run(
            """
            const nearest = document.querySelector('#neighbour-list .nearest');
            const first = nearest.querySelector('li');
            const values = [...first.querySelectorAll('.value')].map((value) => Number(value.textContent.slice(2)));
            return {probe: document.querySelector('#neighbour-list .probe small').textContent,
              version: Number(nearest.querySelector('h3').firstChild.data.match(/v([0-9]+)/)[1]),
              label: first.title.split('\\n')[0], id: first.title.split('\\n')[1], d: values[0], g: values[1],
              right: first.classList.contains('right'),
              before: document.querySelector('#neighbour-list > :last-child').textContent};
            """);
    Map<String, ImageReceived> images = images();
    ImageReceived probe = images.get(shown.path("probe").asText());
    ImageReceived neighbour = images.get(shown.path("id").asText());
    assertThat(probe.label()).isEqualTo(image.label());
    assertThat(neighbour.label()).isEqualTo(shown.path("label").asText());
    assertThat(shown.path("right").asBoolean()).isEqualTo(probe.label().equals(neighbour.label()));
    assertThat(shown.path("before").asText())
        .as("an image that came later has no earlier model")
        .containsPattern("^(Before, v[0-9]+|No earlier model)");
    try (QuadrupletNetwork network = network(shown.path("version").asLong())) {
      ImageDecoder decoder = new ImageDecoder(network.spec().input(), ImageLimits.defaults());
      List<PixelImage> pair =
          List.of(decoder.decode(probe.encoded()), decoder.decode(neighbour.encoded()));
      float[][] vectors = network.embed(pair);
      assertThat(shown.path("d").asDouble())
          .isCloseTo(
              new EuclideanMetric()
                  .distances(new UnitEmbeddings(vectors), new int[] {0}, new int[] {1})[0],
              within(0.001));
      assertThat(shown.path("g").asDouble())
          .isCloseTo(
              network.metric()
                  .distances(network.features(pair, vectors), new int[] {0}, new int[] {1})[0],
              within(0.001));
    }
  }

  @Test
  @Order(5)
  void anUploadedImageFindsItselfAndSoItsClass() {
    // Once more where the page has given the image up for one of a newer class in the meantime.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              clickAnImage();
              ImageReceived image = images().get(browser.text("#neighbour-list .probe small"));
              Path file = Files.createTempFile(directory, "upload", ".png");
              Files.write(file, image.encoded());

              browser.type("#upload", file.toString());

              await()
                  .atMost(PATIENCE)
                  .until(
                      () -> browser.text("#neighbour-list .probe strong").startsWith("Looks like"));
              assertThat(browser.text("#neighbour-list li .name")).isEqualTo(image.label());
              assertThat(browser.text("#neighbour-list li .value")).isEqualTo("d 0.000");
            });
  }

  /** Clicks one and waits for its neighbours. */
  private static Place clickAnImage() {
    return page.clickAnImageUntil(
        clicked ->
            browser.count("#neighbour-list .probe strong") > 0
                && browser.text("#neighbour-list .probe strong").equals(clicked.label()));
  }

  @Test
  @Order(6)
  void whatCannotBeUsedAndWhatIsMarkupIsSaidAsText() {
    try (KafkaImageProducer producer =
        new KafkaImageProducer(KafkaConnection.to(kafka), TOPICS.images())) {
      byte[] words = "These are words.".getBytes(StandardCharsets.UTF_8);
      byte[] image = images().values().iterator().next().encoded();
      producer.send("words", "words", "image/png", words, 1_000);
      producer.send("markup", MARKUP, "image/png", image, 1_000);
      producer.flush();
    }

    await().atMost(PATIENCE).until(() -> page.number("#figure-letters") == 1);
    assertThat(browser.text("#letter-list")).contains("no known image format");
    assertThat(browser.text("#ledger")).contains("records read =").doesNotContain("unaccounted");
    await().atMost(PATIENCE).until(() -> browser.text("#arrival-list").contains(MARKUP));
    assertThat(browser.count("main script")).isZero();
    assertThat(browser.run("return window.broken === undefined").asBoolean()).isTrue();
  }

  @Test
  @Order(7)
  void aServerThatIsKilledIsMissedAndFoundAgain() {
    long images = page.number("#figure-images");

    page.killServer();
    page.startServer();

    await().atMost(PATIENCE).until(() -> browser.text("#state").equals("running"));
    await().atMost(PATIENCE).until(() -> page.number("#figure-images") > images);
    statusAndChartsAgreeWithTheReportsTopic();
  }

  @Test
  @Order(8)
  void aKafkaThatIsKilledIsNamedAndItsReturnNoticed() {
    int port = Integer.parseInt(kafka.substring(kafka.lastIndexOf(':') + 1));
    // The server that has just come back draws with its first model.
    await("images on the map").atMost(PATIENCE).until(() -> page.inkOnTheMap() > 1_000);
    // Its one child is the broker.
    demo.child().destroyForcibly();

    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("#reason").contains("Kafka cannot be reached at " + kafka));
    assertThat(browser.text("#state")).isEqualTo("degraded");
    assertThat(page.inkOnTheMap()).as("what was there stays").isGreaterThan(1_000);
    long images = page.number("#figure-images");

    kafkaAgain =
        KafkaBrokerProcess.launch(
                directory.resolve("demo").resolve("kafka"), port, directory.resolve("logs"))
            .awaitReady();

    await().atMost(PATIENCE).until(() -> !browser.text("#reason").contains("Kafka"));
    await().atMost(PATIENCE).until(() -> page.number("#figure-images") > images);
  }

  private static List<WindowReport> reports() {
    try (TopicReader reader =
        new TopicReader(KafkaConnection.to(kafka), TOPICS.reports(), TopicReader.Start.BEGINNING)) {
      return reader.readToEnd(PATIENCE).stream()
          .map(message -> JsonMessages.read(message.value(), WindowReport.class))
          .toList();
    }
  }

  private static Map<String, ImageReceived> images() {
    ImageRecordParser parser =
        new ImageRecordParser(
            Topics.MAX_MESSAGE_BYTES,
            new CaptureTime(CaptureTime.USUALLY_AHEAD),
            ImageRecordParser.Unlabelled.DEAD_LETTER);
    Map<String, ImageReceived> images = new HashMap<>();
    try (TopicReader reader =
        new TopicReader(KafkaConnection.to(kafka), TOPICS.images(), TopicReader.Start.BEGINNING)) {
      for (ConsumerRecord<byte[], byte[]> message : reader.readToEnd(PATIENCE)) {
        if (parser.parse(SourceRecord.of(message)) instanceof ImageReceived received) {
          images.put(received.id(), received);
        }
      }
    }
    return images;
  }

  private static ModelRegistry registry() {
    return new ModelRegistry(
        new org.apache.flink.core.fs.Path(directory.resolve("demo").resolve("models").toUri()));
  }

  private static QuadrupletNetwork network(long version) throws Exception {
    ModelManifest manifest =
        registry().list(NETWORK).stream()
            .filter(candidate -> candidate.identity().version() == version)
            .findFirst()
            .orElseThrow();
    return TestingNetworks.read(registry().load(manifest)).network();
  }

  /** A figure that a report may lack. */
  private interface Figure {
    Double of(WindowReport report);
  }

  /** As the page smooths: where there is no value the mean stays. */
  private static double smoothed(List<WindowReport> reports, Figure figure) {
    double mean = Double.NaN;
    for (WindowReport report : reports) {
      Double value = figure.of(report);
      if (value != null) {
        mean = Double.isNaN(mean) ? value : 0.92 * mean + 0.08 * value;
      }
    }
    return mean;
  }

  private static int whole(String text) {
    return Integer.parseInt(text.replaceAll("[^0-9]", ""));
  }

  /** The numbers of a legend such as {@code first term 0.250second term 0.125}, by name. */
  private static Map<String, Double> figures(String legend) {
    Map<String, Double> figures = new HashMap<>();
    java.util.regex.Matcher matcher =
        java.util.regex.Pattern.compile("([^0-9]+?) ([0-9.]+)(?: %)?").matcher(legend);
    while (matcher.find()) {
      figures.put(matcher.group(1), Double.parseDouble(matcher.group(2)));
    }
    return figures;
  }
}
