package dev.quadstream.experiment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.network.MetricKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole ablation at the least size at which every row leaves its warm-up. */
class AblationTest {

  private static final AblationSize SIZE = new AblationSize(320, 1, 2);

  private static final List<String> PROGRESS = new ArrayList<>();
  private static AblationReport report;

  @BeforeAll
  static void run() throws IOException {
    report =
        new Ablation(
                // So early all margins would lie at the floor, wherever the means come from.
                new AblationPlan(SIZE, Map.of("margin.floor", "0"), Variant.all(), true),
                TestingOptions::read,
                fewIcons(),
                null,
                1,
                PROGRESS::add)
            .run();
  }

  @Test
  void hasTheRowsThatWereAskedFor() {
    assertThat(report.rows())
        .extracting(AblationReport.Row::name)
        .startsWith("raw-pixels", "untrained")
        .contains(
            "triplet-euclidean",
            "triplet-learned",
            "quadruplet",
            "quadruplet-euclidean",
            "quadruplet-adaptive",
            "quadruplet-adaptive-euclidean",
            "pair-softmax-off",
            "random-mining",
            "averaging-off",
            "orientations-off",
            "mean-over-all",
            "mined-anew",
            "means-of-quadruplets",
            "paper")
        .doesNotHaveDuplicates();
    assertThat(PROGRESS).hasSize(SIZE.seeds() * Variant.all().size());
  }

  @Test
  void everyRowHasARecallWithinItsIntervalAndOneForEachSeed() {
    assertThat(report.rows())
        .allSatisfy(
            row -> {
              assertThat(row.recall().mean()).isBetween(row.recall().low(), row.recall().high());
              assertThat(row.recall().low()).isLessThan(row.recall().high());
              assertThat(row.recall().bySeed()).hasSize(SIZE.seeds());
              assertThat(row.recall().bySeed().stream().mapToDouble(d -> d).average().orElseThrow())
                  .isCloseTo(row.recall().mean(), within(1e-9));
              assertThat(row.distances().intra()).isBetween(0.0, 1.0);
              assertThat(row.distances().inter()).isBetween(0.0, 1.0);
            });
  }

  @Test
  void onlyTheLearnedMetricReRanks() {
    Set<String> learned =
        Variant.all().stream()
            .filter(
                variant ->
                    TestingOptions.read(variant.options()).loop().network().metric()
                        == MetricKind.LEARNED)
            .map(Variant::name)
            .collect(Collectors.toSet());

    assertThat(report.rows())
        .allSatisfy(
            row ->
                assertThat(row.recall().reRanked() != null)
                    .as(row.name())
                    .isEqualTo(learned.contains(row.name())));
  }

  // Trained rows that agree to the last probe would show that an option is not heeded.
  @Test
  void everyTrainedRowIsANetworkOfItsOwn() {
    assertThat(report.rows())
        .extracting(row -> row.recall().bySeed() + " " + row.distances().intra())
        .doesNotHaveDuplicates();
  }

  @Test
  void everyQuestionIsAnsweredByTheDifferenceOfItsRows() {
    assertThat(report.differences()).hasSameSizeAs(Question.all());
    assertThat(report.differences())
        .allSatisfy(
            answer ->
                assertThat(answer.difference())
                    .isCloseTo(recall(answer.first()) - recall(answer.second()), within(1e-9))
                    .isBetween(answer.low(), answer.high()));
  }

  @Test
  void twoRunsGiveTheSameBitsAndSeedsDiffer(@TempDir Path directory) throws IOException {
    AblationSize twoSeeds = new AblationSize(320, 2, 2);
    List<Variant> whole =
        Variant.all().stream()
            .filter(variant -> variant.name().equals("quadruplet-adaptive"))
            .toList();

    AblationPlan plan = new AblationPlan(twoSeeds, Map.of(), whole, true);
    DatasetTrials icons = fewIcons();
    AblationReport first =
        new Ablation(plan, TestingOptions::read, icons, null, 1, line -> {}).run();
    FinishedRuns finished = new FinishedRuns(directory);
    AblationReport second =
        new Ablation(plan, TestingOptions::read, icons, finished, 2, line -> {}).run();
    List<String> ranAgain = new ArrayList<>();
    AblationReport third =
        new Ablation(plan, TestingOptions::read, icons, finished, 1, ranAgain::add).run();

    assertThat(JsonMessages.write(second)).isEqualTo(JsonMessages.write(first));
    assertThat(JsonMessages.write(third)).isEqualTo(JsonMessages.write(first));
    assertThat(ranAgain).as("runs that were finished before").isEmpty();
    assertThat(first.rows())
        .allSatisfy(row -> assertThat(row.recall().bySeed()).hasSize(2).doesNotHaveDuplicates());
  }

  @Test
  void aVariedRowIsANetworkOfItsOwnAndHeldAgainstTheWholeMethod() throws IOException {
    Variant whole =
        Variant.all().stream()
            .filter(variant -> variant.name().equals(Variant.WHOLE))
            .findFirst()
            .orElseThrow();
    Variant varied = Variant.varied(Map.of("replicas", "2", "training.average-windows", "1"));
    AblationPlan plan = new AblationPlan(SIZE, Map.of(), List.of(whole, varied), false);

    AblationReport varying =
        new Ablation(plan, TestingOptions::read, fewIcons(), null, 1, line -> {}).run();

    assertThat(varied.name()).isEqualTo("replicas=2,training.average-windows=1");
    assertThat(varying.rows())
        .extracting(row -> row.name() + " " + row.distances().intra())
        .hasSize(4)
        .doesNotHaveDuplicates();
    assertThat(varying.differences())
        .extracting(AblationReport.Difference::first, AblationReport.Difference::second)
        .containsExactly(
            tuple(Variant.WHOLE, Ablation.RAW_PIXELS), tuple(varied.name(), Variant.WHOLE));
    assertThat(varying.rows().get(3).options())
        .containsEntry("replicas", "2")
        .containsEntry("training.average-windows", "1");
  }

  @Test
  void aRowThatDivergesLeavesTheOthersAndSaysSo(@TempDir Path directory) throws IOException {
    Variant whole = Variant.all().get(0);
    Variant diverging =
        Variant.varied(
            Map.of("training.gradient-norm-limit", "1e-9", "training.refused-in-a-row", "2"));
    AblationPlan plan =
        new AblationPlan(new AblationSize(320, 2, 2), Map.of(), List.of(diverging, whole), false);
    List<String> said = new ArrayList<>();

    AblationReport left =
        new Ablation(plan, TestingOptions::read, fewIcons(), null, 2, said::add).run();

    assertThat(left.rows())
        .extracting(AblationReport.Row::name)
        .containsExactly("raw-pixels", "untrained", whole.name());
    assertThat(left.rows().get(2).recall().bySeed()).hasSize(2);
    assertThat(left.differences()).isEmpty();
    assertThat(left.diverged()).containsOnlyKeys(diverging.name());
    assertThat(said).hasSize(3).anyMatch(line -> line.startsWith(diverging.name() + " diverged"));
    assertThat(AblationTable.of(left)).contains("diverged, seed 1: 2 windows in a row");
    AblationPage.write(directory, "ablation", left);
    assertThat(directory.resolve(AblationPage.MARKDOWN)).content().contains("| diverged, seed 1:");
    assertThat(directory.resolve(AblationPage.JSON)).content().contains("\"diverged\"");
  }

  @Test
  void aRowThatLearnsNothingHasNoFigures() throws IOException {
    Variant refusing = Variant.varied(Map.of("training.gradient-norm-limit", "1e-9"));
    AblationPlan plan = new AblationPlan(SIZE, Map.of(), List.of(refusing), false);

    AblationReport left =
        new Ablation(plan, TestingOptions::read, fewIcons(), null, 1, line -> {}).run();

    assertThat(left.rows())
        .extracting(AblationReport.Row::name)
        .containsExactly("raw-pixels", "untrained");
    assertThat(left.diverged().get(refusing.name())).contains("No window trained anything");
  }

  @Test
  void thePageAndItsJsonCarryTheReportAndKeepWhatPeopleWrote(@TempDir Path docs)
      throws IOException {
    AblationPage.write(docs, "bin/quadstream ablation", report);
    Path page = docs.resolve(AblationPage.MARKDOWN);
    String generated = Files.readString(page);
    String marker = "kept when generated anew -->";
    Files.writeString(page, generated.replace(marker, marker + "\n\nSeen by a person.\n"));

    AblationPage.write(docs, "bin/quadstream ablation", report);

    assertThat(Files.readString(page))
        .contains("Seen by a person.")
        .contains("| `quadruplet-adaptive` |")
        .contains("`bin/quadstream ablation`");
    assertThat(generated).doesNotContain("Seen by a person.");
    JsonNode row =
        new ObjectMapper().readTree(docs.resolve(AblationPage.JSON).toFile()).get("rows").get(0);
    assertThat(row.get("name").asText()).isEqualTo("raw-pixels");
    assertThat(List.of("recallAt1", "low", "high", "intra", "inter"))
        .allSatisfy(field -> assertThat(row.get(field).isNumber()).as(field).isTrue());
  }

  @Test
  void aReportIsTheJsonThatWasPublishedBefore() throws IOException {
    byte[] published = Files.readAllBytes(Path.of("docs", AblationPage.JSON));

    AblationReport read = JsonMessages.read(published, AblationReport.class);

    assertThat(new String(JsonMessages.writeIndented(read), UTF_8))
        .isEqualTo(new String(published, UTF_8));
  }

  @Test
  void theClassesOfTheStreamAreMeasuredByTheirAge() {
    assertThat(report.rows())
        .allSatisfy(
            row ->
                assertThat(report.remembered())
                    .filteredOn(group -> group.row().equals(row.name()))
                    .extracting(AblationReport.Remembered::what)
                    .contains("last seen", "first seen"));
    for (String what : List.of("last seen", "first seen")) {
      assertThat(
              report.remembered().stream()
                  .filter(group -> group.row().equals("paper") && group.what().equals(what))
                  .mapToDouble(AblationReport.Remembered::classes)
                  .sum())
          .as("streamed are 30 of the 60 concepts")
          .isEqualTo(30);
    }
    assertThat(AblationTable.of(report)).contains("last seen 1 to 256 images ago");
  }

  @Test
  void aFinishedRunWithoutTheStreamsClassesIsRefusedWhereTheyAreAskedFor(@TempDir Path directory)
      throws IOException {
    AblationSize least = new AblationSize(64, 1, 1);
    List<Variant> one = Variant.all().subList(0, 1);
    FinishedRuns finished = new FinishedRuns(directory);
    new Ablation(
            new AblationPlan(least, Map.of(), one, false),
            TestingOptions::read,
            fewIcons(),
            finished,
            1,
            line -> {})
        .run();
    Ablation another =
        new Ablation(
            new AblationPlan(least, Map.of(), one, true),
            TestingOptions::read,
            fewIcons(),
            finished,
            1,
            line -> {});

    assertThatThrownBy(another::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(one.get(0).name())
        .hasMessageContaining("another directory");
  }

  @Test
  void theTableHasALineForEachRowAndAnswer() {
    String table = AblationTable.of(report);

    assertThat(report.rows()).allSatisfy(row -> assertThat(table).contains("\n" + row.name()));
    assertThat(table).contains(AblationText.verdict(report.differences().get(0)));
  }

  /** Few, so that measuring does not take longer than training. */
  private static DatasetTrials fewIcons() {
    IconCatalog catalog = IconCatalog.shared();
    IconDataset icons =
        new IconDataset(catalog, catalog.concepts().stream().sorted().limit(60).toList());
    return new DatasetTrials(icons, icons, HeldOutPart.BOTH, SIZE.seeds(), PROGRESS::add);
  }

  private static double recall(String name) {
    return report.rows().stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow()
        .recall()
        .mean();
  }
}
