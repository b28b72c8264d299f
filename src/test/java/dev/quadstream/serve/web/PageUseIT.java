package dev.quadstream.serve.web;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.evaluation.HeldOutRecall;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.Topics;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.TestingNetworks;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.serve.web.TestingPage.Place;
import dev.quadstream.training.TestingReports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page under hands: mouse, fingers, keyboard, in either theme, with two replicas. */
@Tag("long")
class PageUseIT {

  private static final Duration PATIENCE = TestingPage.PATIENCE;
  private static final Topics TOPICS = new Topics("use.");
  private static final int HELD_OUT_A_CLASS = 5;

  private static final String FIRST_QUESTION = "document.querySelector('#question-list .question')";

  /** More than are shown. */
  private static final int QUESTIONS = 9;

  /** WebDriver's codes of keys without a character. */
  private static final String TAB = "\uE004";

  private static final String HOME = "\uE011";
  private static final String END = "\uE010";

  @TempDir private static Path directory;

  private static TestingTopics run;
  private static TestingPage page;
  private static TestingBrowser browser;

  @BeforeAll
  static void openThePage() throws Exception {
    TestingBrowser.assumeInstalled();
    run = TestingTopics.onItsOwnBroker(directory, TOPICS);
    run.sendImages();
    run.publish(16);
    run.publish(32);
    run.sendReports(0, 40);
    run.sendReports(1, 0, 30);
    run.ask(QUESTIONS);
    page =
        TestingPage.open(
            directory, run.arguments("--feedback", "--held-out", heldOut().toString()));
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

  @BeforeEach
  void openItAnew() {
    browser.show("light", 1280, 1000);
    browser.open("about:blank");
    browser.open(page.address());
    page.awaitMapOf(32);
  }

  private static Path heldOut() throws Exception {
    for (LabeledImage image : heldOutImages()) {
      Path folder = Files.createDirectories(directory.resolve("held-out").resolve(image.label()));
      Files.write(folder.resolve(image.id() + ".png"), TestingTopics.png(image));
    }
    return directory.resolve("held-out");
  }

  private static List<LabeledImage> heldOutImages() {
    List<LabeledImage> images = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      for (int seed = 0; seed < HELD_OUT_A_CLASS; seed++) {
        images.add(TestingTopics.labeled(number, 500 + seed));
      }
    }
    return images;
  }

  @Test
  void draggingMovesTheMapAndAllBringsItBack() {
    String before = page.picture();
    Place image = page.image();

    browser.drag(
        "#map-canvas",
        List.of(
            new double[] {image.x(), image.y()},
            new double[] {image.x() + 40, image.y() + 20},
            new double[] {image.x() + 90, image.y() + 50}));

    assertThat(page.tipAt(image.x() + 90, image.y() + 50)).isEqualTo(image.label());
    page.tipAt(-99, -99);
    assertThat(page.picture()).isNotEqualTo(before);
    browser.run("document.querySelector('#map-all').click()");
    assertThat(page.picture()).isEqualTo(before);
  }

  @Test
  void theWheelZoomsAboutThePointerOnceTheMapHasTheFocus() {
    Place image = page.image();
    page.tipAt(-99, -99);
    String before = page.picture();
    double scrolled = browser.run("return scrollY").asDouble();
    browser.run("document.querySelector('#map-canvas').focus({preventScroll: true})");

    browser.wheel("#map-canvas", image.x(), image.y(), -600);

    await().atMost(PATIENCE).until(() -> !page.picture().equals(before));
    assertThat(page.tipAt(image.x(), image.y())).isEqualTo(image.label());
    assertThat(browser.run("return scrollY").asDouble()).isEqualTo(scrolled);
  }

  @Test
  void twoFingersZoomAndMoveTheMap() {
    browser.show("light", 390, 844);
    page.settle();
    int before = page.inkOnTheMap();
    double width =
        browser.run("return document.querySelector('#map-canvas').clientWidth").asDouble();
    double height =
        browser.run("return document.querySelector('#map-canvas').clientHeight").asDouble();
    double x = width / 2;
    double y = height / 2;

    // Together, so that all images come onto fewer pixels.
    browser.touch(
        "#map-canvas",
        List.of(
            List.of(new double[] {x - 120, y}, new double[] {x - 60, y}, new double[] {x - 40, y}),
            List.of(
                new double[] {x + 120, y}, new double[] {x + 60, y}, new double[] {x + 40, y})));

    assertThat(page.inkOnTheMap()).isLessThan(before * 8 / 10);

    // Apart again: the same images at the same places.
    browser.touch(
        "#map-canvas",
        List.of(
            List.of(new double[] {x - 40, y}, new double[] {x - 60, y}, new double[] {x - 120, y}),
            List.of(
                new double[] {x + 40, y}, new double[] {x + 60, y}, new double[] {x + 120, y})));

    assertThat((double) page.inkOnTheMap()).isCloseTo(before, within(before * 0.05));
  }

  @Test
  void theLassoListsTheClassesThatItCaught() {
    browser.run("document.querySelector('#map-lasso').click()");

    browser.drag(
        "#map-canvas",
        List.of(
            new double[] {2, 2},
            new double[] {page.image().x() * 2 - 4, 2},
            new double[] {page.image().x() * 2 - 4, 460},
            new double[] {2, 460}));

    assertThat(browser.text("#neighbour-list h3")).matches("\\d+ images of \\d classes");
    int caught = Integer.parseInt(browser.text("#neighbour-list h3").split(" ", -1)[0]);
    int listed =
        browser
            .run(
                "return [...document.querySelectorAll('#neighbour-list .count')]"
                    + ".reduce((sum, count) => sum + Number(count.textContent), 0)")
            .asInt();
    assertThat(listed).isEqualTo(caught).isBetween(1, 48);
  }

  @Test
  void theSliderGoesBackToAnEarlierModelAndStaysThereUntilItIsMovedOn() {
    String newest = page.picture();
    browser.run("document.querySelector('#map-version').focus()");

    browser.press(HOME);
    page.awaitMapOf(16);
    assertThat(page.picture()).isNotEqualTo(newest);
    assertThat(page.inkOnTheMap()).isGreaterThan(1_000);

    browser.press(END);
    page.awaitMapOf(32);
    assertThat(page.picture()).isEqualTo(newest);
  }

  @Test
  void whatMovedMostIsMarkedWithWhereItCameFrom() {
    String plain = page.picture();

    browser.run("document.querySelector('#map-moved').click()");
    String marked = page.picture();
    assertThat(marked).isNotEqualTo(plain);

    browser.run("document.querySelector('#map-moved').click()");
    assertThat(page.picture()).isEqualTo(plain);
  }

  @Test
  void eachReplicaIsShownByItselfAndImagesAndModelsOfBothTogether() {
    assertThat(browser.run("return document.querySelector('#replica-choice').hidden").asBoolean())
        .isFalse();
    assertThat(browser.count("#replica option")).isEqualTo(2);
    awaitFigures(40);

    browser.run(
        "const replica = document.querySelector('#replica'); replica.value = '1';"
            + "replica.dispatchEvent(new Event('change'))");

    awaitFigures(30);
    page.awaitMapOf(32);

    browser.run("location.reload()");
    awaitFigures(30);
    browser.open("about:blank");
  }

  @Test
  void aClickAKeyAndAWordLabelTheLeastSureImagesAndEachCanBeWithdrawn() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(browser.count("#question-list .question")).isEqualTo(6));
    assertThat(browser.text("#feedback-open")).isEqualTo("9");
    assertThat(browser.run("return " + FIRST_QUESTION + ".dataset.id").asText())
        .isEqualTo(TestingTopics.asked(0));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser
                    .run(
                        "return [...document.querySelectorAll('#question-list img')].every((image) => image.naturalWidth > 1)")
                    .asBoolean());
    assertThat(browser.text("#question-list .choices b")).isEqualTo(TestingTopics.MARKUP);

    atQuestion(0, "question.querySelectorAll('.choices button')[1].click()");
    awaitLabel(0, TestingTopics.askedLabel(0));

    atQuestion(1, "question.querySelector('.choices button').focus()");
    browser.press("2");
    awaitLabel(1, TestingTopics.askedLabel(1));
    assertThat(
            browser.run("return document.activeElement.closest('.question').dataset.id").asText())
        .as("the focus goes on to the question that takes the place")
        .isNotEqualTo(TestingTopics.asked(1));

    atQuestion(
        2,
        "question.querySelector('input').value = '  left over ';"
            + "question.querySelector('form').requestSubmit()");
    awaitLabel(2, "left over");
    await().atMost(PATIENCE).until(() -> browser.text("#feedback-open").equals("6"));
    assertThat(browser.count("#question-list .question")).isEqualTo(6);
    assertThat(browser.text("#given-list")).contains("left over on its way");

    browser.run(
        "[...document.querySelectorAll('#given-list li')].find((said) => said.textContent.includes('left over'))"
            + ".querySelector('button').click()");
    awaitLabel(2, null);
    await().atMost(PATIENCE).until(() -> browser.text("#feedback-open").equals("7"));
    assertThat(browser.text("#feedback-problem")).isEmpty();
  }

  private static void atQuestion(int number, String script) {
    browser.run(
        "const question = [...document.querySelectorAll('.question')]"
            + ".find(({dataset}) => dataset.id === arguments[0]);"
            + script,
        TestingTopics.asked(number));
  }

  private static void awaitLabel(int number, String label) {
    LabelReceived expected = new LabelReceived(TestingTopics.asked(number), label);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(run.labels()).endsWith(expected));
  }

  /** The version after one replica's last window, and the images and models of both. */
  private static void awaitFigures(long version) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(page.number("#figure-images"))
                  .isEqualTo(70L * TestingReports.IMAGES_A_WINDOW);
              assertThat(page.number("#figure-version")).isEqualTo(version);
              assertThat(browser.count("#model-rows tr")).isEqualTo(2);
            });
  }

  @Test
  void heldOutRecallOfEachModelAgreesWithTheModelFiles() throws Exception {
    HeldOutRecall heldOut = new HeldOutRecall(heldOutImages());
    for (ModelManifest manifest : run.published()) {
      try (QuadrupletNetwork network = TestingNetworks.read(run.model(manifest)).network()) {
        String expected = String.format(Locale.ROOT, "%.3f", heldOut.of(network));
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(heldOutOf(manifest.identity().version())).isEqualTo(expected));
      }
    }
    String rawPixels = String.format(Locale.ROOT, "%.3f", heldOut.ofRawPixels());
    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("#recall-legend").contains("held out, raw pixels " + rawPixels));
    assertTheExamplesShowHeldOutImages(heldOutImages());
  }

  private static void assertTheExamplesShowHeldOutImages(List<LabeledImage> heldOut) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser
                    .run(
                        "const shown = [...document.querySelectorAll('#held-out img')];"
                            + "return shown.length > 1 && shown.every((image) => image.naturalWidth > 1)")
                    .asBoolean());
    List<String> labels = heldOut.stream().map(LabeledImage::label).toList();
    browser
        .run(
            "return [...document.querySelectorAll('#held-out figcaption b')].map((name) => name.textContent)")
        .forEach(name -> assertThat(labels).contains(name.asText()));
  }

  private static String heldOutOf(long version) {
    return browser
        .run(
            "return [...document.querySelectorAll('#model-rows tr')].find((row) =>"
                + " row.querySelector('b').textContent === 'v' + arguments[0])"
                + ".querySelector('.number').textContent",
            version)
        .asText();
  }

  @Test
  void theKeyboardReachesEveryControlAndTheFocusCanBeSeen() {
    List<String> unseen = new ArrayList<>();
    int most = 10 + browser.count("a, button, select, input, summary, [tabindex]");
    for (int i = 0; i < most; i++) {
      browser.press(TAB);
      String problem =
          browser
              .run(
                  """
                  const active = document.activeElement;
                  if (active === document.body) return '';
                  active.dataset.reached = '';
                  const shown = active.matches('input[type=file]') ? active.closest('label') : active;
                  const style = getComputedStyle(shown);
                  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? '' : active.outerHTML;
                  """)
              .asText();
      if (!problem.isEmpty()) {
        unseen.add(problem);
      }
    }

    assertThat(unseen).isEmpty();
    assertThat(
            browser.run(
                """
                return [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex="0"]')]
                  .filter((element) => element.getClientRects().length > 0 && !('reached' in element.dataset))
                  .map((element) => element.outerHTML);
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"light, 1280", "dark, 1280", "light, 390", "dark, 390"})
  void nothingMovesWhileThePageFillsAndItFitsAndCanBeRead(String colourScheme, int width) {
    browser.show(colourScheme, width, 900);
    browser.open("about:blank");
    browser.open(page.address());
    page.awaitMapOf(32);

    JsonNode shift = layoutShift();
    assertThat(shift.get("sum").asDouble())
        .as("cumulative layout shift, by %s", shift.get("moved"))
        .isLessThan(0.02);
    JsonNode tops = topOfPanelsNowAndBeforeTheFirstStatus();
    assertThat(tops.get(0)).as("the top of the panels").isEqualTo(tops.get(1));
    assertThat(browser.run("return document.documentElement.scrollWidth").asInt())
        .as("no sideways scrolling")
        .isLessThanOrEqualTo(width);
    assertThat(faintText()).isEmpty();
  }

  /** A browser that is slow, or on a busy machine, paints before there is anything to show. */
  private static JsonNode topOfPanelsNowAndBeforeTheFirstStatus() {
    return browser.run(
        """
        const top = () => document.getElementById('panels').getBoundingClientRect().top;
        const network = document.getElementById('network');
        const state = document.getElementById('state');
        const shown = [network.textContent, state.textContent];
        const now = top();
        [network.textContent, state.textContent] = ['', 'connecting'];
        const before = top();
        [network.textContent, state.textContent] = shown;
        return [now, before];
        """);
  }

  /** How much, and what was moved from where to where. */
  private static JsonNode layoutShift() {
    return browser.run(
        """
        return new Promise((done) => {
          let sum = 0;
          const moved = [];
          const place = (rect) => [rect.x, rect.y, rect.width, rect.height].join(' ');
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              if (entry.hadRecentInput) continue;
              sum += entry.value;
              for (const {node, previousRect, currentRect} of entry.sources) {
                const tag = node?.outerHTML ?? node?.textContent ?? '';
                moved.push(tag.slice(0, 80) + ': ' + place(previousRect) + ' -> ' + place(currentRect));
              }
            }
          }).observe({type: 'layout-shift', buffered: true});
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done({sum, moved}))));
        });
        """);
  }

  /** Text of less contrast than WCAG 2.1 asks for at level AA, 4.5 to 1. */
  private static List<String> faintText() {
    List<String> faint = new ArrayList<>();
    browser
        .run(
            """
            const parse = (colour) => colour.match(/[0-9.]+/g).map(Number);
            const light = ([r, g, b]) => {
              const [lr, lg, lb] = [r, g, b].map((value) => value / 255)
                .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
              return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
            };
            const paper = (element) => {
              for (let at = element; at; at = at.parentElement) {
                const colour = parse(getComputedStyle(at).backgroundColor);
                if (colour.length === 3 || colour[3] > 0) return colour;
              }
              return [255, 255, 255];
            };
            const faint = new Set();
            for (const element of document.querySelectorAll('body *')) {
              const text = [...element.childNodes].filter((node) => node.nodeType === 3)
                .map((node) => node.data.trim()).join('');
              if (!text || element.getClientRects().length === 0) continue;
              const style = getComputedStyle(element);
              const [one, other] = [light(parse(style.color)), light(paper(element))];
              const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
              if (contrast < 4.5) faint.add(text.slice(0, 30) + ' ' + style.color + ' ' + contrast.toFixed(2));
            }
            return [...faint];
            """)
        .forEach(text -> faint.add(text.asText()));
    return faint;
  }

  @Test
  void noRequestLeavesTheHost() {
    // Those of the browser's own first page among them.
    browser.requests();
    openItAnew();
    page.clickAnImage();

    List<String> requests = browser.requests();

    assertThat(requests).contains(page.address() + "/uplot.js");
    assertThat(
            requests.stream()
                .filter(address -> !address.startsWith(page.address() + "/"))
                .filter(address -> !address.matches("(about|data|blob):.*"))
                .distinct()
                .collect(joining("\n")))
        .isEmpty();
  }
}
