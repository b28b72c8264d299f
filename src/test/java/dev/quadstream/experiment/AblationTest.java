package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.IconDataset;
import dev.quadstream.dataset.IconRenderer;
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
                SIZE,
                TestingOptions::read,
                // So early all margins would lie at the floor, wherever the means come from.
                Map.of("margin.floor", "0"),
                Variant.all(),
                fewIcons(),
                null,
                1,
                true,
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
              assertThat(row.recallAt1()).isBetween(row.low(), row.high());
              assertThat(row.low()).isLessThan(row.high());
              assertThat(row.recallAt1BySeed()).hasSize(SIZE.seeds());
              assertThat(row.recallAt1BySeed().stream().mapToDouble(d -> d).average().orElseThrow())
                  .isCloseTo(row.recallAt1(), within(1e-9));
              assertThat(row.intra()).isBetween(0.0, 1.0);
              assertThat(row.inter()).isBetween(0.0, 1.0);
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
                assertThat(row.reRankedRecallAt1() != null)
                    .as(row.name())
                    .isEqualTo(learned.contains(row.name())));
  }

  // Trained rows that agree to the last probe would show that an option is not heeded.
  @Test
  void everyTrainedRowIsANetworkOfItsOwn() {
    assertThat(report.rows())
        .extracting(row -> row.recallAt1BySeed() + " " + row.intra())
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

    DatasetTrials icons = fewIcons();
    AblationReport first =
        new Ablation(
                twoSeeds, TestingOptions::read, Map.of(), whole, icons, null, 1, true, line -> {})
            .run();
    FinishedRuns finished = new FinishedRuns(directory);
    AblationReport second =
        new Ablation(
                twoSeeds,
                TestingOptions::read,
                Map.of(),
                whole,
                icons,
                finished,
                2,
                true,
                line -> {})
            .run();
    List<String> ranAgain = new ArrayList<>();
    AblationReport third =
        new Ablation(
                twoSeeds,
                TestingOptions::read,
                Map.of(),
                whole,
                icons,
                finished,
                1,
                true,
                ranAgain::add)
            .run();

    assertThat(JsonMessages.write(second)).isEqualTo(JsonMessages.write(first));
    assertThat(JsonMessages.write(third)).isEqualTo(JsonMessages.write(first));
    assertThat(ranAgain).as("runs that were finished before").isEmpty();
    assertThat(first.rows())
        .allSatisfy(row -> assertThat(row.recallAt1BySeed()).hasSize(2).doesNotHaveDuplicates());
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
            least, TestingOptions::read, Map.of(), one, fewIcons(), finished, 1, false, line -> {})
        .run();
    Ablation another =
        new Ablation(
            least, TestingOptions::read, Map.of(), one, fewIcons(), finished, 1, true, line -> {});

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
        new IconDataset(
            catalog,
            new IconRenderer(catalog, IconRenderer.DEFAULT_SIDE),
            catalog.concepts().stream().sorted().limit(60).toList());
    return new DatasetTrials(icons, icons, HeldOutPart.BOTH, PROGRESS::add);
  }

  private static double recall(String name) {
    return report.rows().stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow()
        .recallAt1();
  }
}
