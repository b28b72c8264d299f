package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.backbone.TestingOnnx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AblationCommandTest {

  private final TestingTerminal terminal = new TestingTerminal();

  @ParameterizedTest
  @ValueSource(strings = {"--images=0", "--seeds=0", "--images=many"})
  void aSizeThatCannotBeRunIsAUsageError(String option) {
    assertThat(terminal.run("ablation", option)).isEqualTo(2);
    assertThat(terminal.err()).containsAnyOf("not 0 images", "and 0 seeds", "'many'");
  }

  @Test
  void aRowThatThereIsNotIsAUsageErrorThatNamesThoseThatThereAre() {
    assertThat(terminal.run("ablation", "--rows=triplet-learned,triplets")).isEqualTo(2);
    assertThat(terminal.err()).contains("no row 'triplets'", "triplet-euclidean, triplet-learned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"training.loss=TRIPLET", "seed=7"})
  void whatTellsTheRowsApartCannotBeSetInAll(String option) {
    assertThat(terminal.run("ablation", "--quick", "--set", option)).isEqualTo(2);
    assertThat(terminal.err()).contains(option.split("=")[0], "--rows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"seed=7", "replicas=2,seed=7"})
  void whatTheAblationSetsCannotBeVaried(String changes) {
    assertThat(terminal.run("ablation", "--quick", "--vary", changes)).isEqualTo(2);
    assertThat(terminal.err()).contains("'seed'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ablation --vary network.start-from=missing.qsm",
        "ablation --set network.start-from=missing.qsm",
        "one-pass --dataset missing --set network.start-from=missing.qsm"
      })
  void aStartThatWouldBePassedOverIsAUsageError(String command) {
    assertThat(terminal.run(command.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("network.start-from=missing.qsm would be passed over");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image.ground=black",
        "image.height=64,image.width=64,network.trunk=medium",
        "replicas=2,image.channels=3",
        "network.backbone.layout=nhwc"
      })
  void whatIsReadOnceForAllRowsCannotBeVaried(String changes) {
    assertThat(terminal.run("ablation", "--quick", "--vary", changes)).isEqualTo(2);
    assertThat(terminal.err()).contains("images are read once", "--set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"network.metric=learned", "kafka.group=other", "replicas=1"})
  void whatTrainsTheSameNetworkIsAUsageError(String changes) {
    assertThat(terminal.run("ablation", "--quick", "--vary", changes)).isEqualTo(2);
    assertThat(terminal.err()).contains("the same network");
  }

  @Test
  void filesAreTakenAndPassedOverByTheLimitThatIsSet(@TempDir Path directory) throws Exception {
    Path photos = TestingFolders.striped(directory.resolve("photos"), 8, 4);

    terminal.run("ablation", "--dataset", photos.toString(), "--set", "image.max-bytes=100b");

    assertThat(terminal.err()).contains("larger than image.max-bytes (100)");
  }

  @Test
  void runsOfAFolderThatHasGrownSinceAreRefused(@TempDir Path directory) throws Exception {
    Path photos = TestingFolders.striped(directory.resolve("photos"), 8, 4);
    String[] command = {
      "ablation",
      "--dataset=" + photos,
      "--on=both",
      "--images=64",
      "--seeds=1",
      "--rows=quadruplet",
      "--runs=" + directory.resolve("runs")
    };
    assertThat(new TestingTerminal().run(command)).isZero();
    assertThat(new TestingTerminal().run(command)).as("the same once more").isZero();
    TestingFolders.striped(photos, 8, 5);
    TestingTerminal grown = new TestingTerminal();

    assertThat(grown.run(command)).isNotZero();

    assertThat(grown.err())
        .contains("quadruplet-1.json is of other images of that name", "another directory");
  }

  @Test
  void aSeedWithTooFewClassesToMeasureWithIsNamedBeforeAnythingIsTrained(@TempDir Path directory)
      throws Exception {
    Path photos = TestingFolders.striped(directory.resolve("photos"), 8, 1);
    TestingFolders.striped(photos, 4, 3);

    assertThat(
            terminal.run(
                "ablation",
                "--dataset",
                photos.toString(),
                "--on=both",
                "--images=64",
                "--seeds=50",
                "--rows=quadruplet",
                "--runs=" + directory.resolve("runs")))
        .isNotZero();

    assertThat(terminal.err()).containsPattern("By seed \\d+ an ablation streams 4 of them");
    assertThat(directory.resolve("runs")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"network.metric=early", "replicas=2,network.metric=EARLY"})
  void whatOnlyEvaluateMeasuresCannotBeVaried(String changes) {
    assertThat(terminal.run("ablation", "--quick", "--vary", changes)).isEqualTo(2);
    assertThat(terminal.err()).contains("--vary " + changes, "'evaluate'");
  }

  @Test
  void allRowsMayLieBehindABackbone(@TempDir Path directory) throws Exception {
    Path report = directory.resolve("report.json");
    Path backbone = directory.resolve("net.onnx");
    Files.write(backbone, TestingOnnx.oneOutput(1));

    int code =
        terminal.run(
            "ablation",
            "--dataset=" + TestingFolders.striped(directory.resolve("photos"), 8, 4),
            "--on=BOTH",
            "--images=64",
            "--seeds=1",
            "--set=network.backbone=" + backbone,
            "--vary=network.embedding-size=16",
            "--report=" + report);

    assertThat(code).as(terminal.err()).isZero();
    assertThat(new ObjectMapper().readTree(report.toFile()).findValuesAsText("network.backbone"))
        .isNotEmpty()
        .containsOnly(backbone.toString());
    assertThat(report).content().doesNotContain("resolved");
  }

  @Test
  void theSameOptionsInAnotherOrderAreOneRow(@TempDir Path directory) throws Exception {
    Path report = directory.resolve("report.json");
    Path photos = TestingFolders.striped(directory.resolve("photos"), 8, 4);

    int code =
        terminal.run(
            "ablation",
            "--dataset=" + photos,
            "--on=BOTH",
            "--images=64",
            "--seeds=1",
            "--vary=replicas=2,network.embedding-size=16",
            "--vary=network.embedding-size=16,replicas=2",
            "--report=" + report);

    assertThat(code).as(terminal.err()).isZero();
    assertThat(new ObjectMapper().readTree(report.toFile()).get("rows"))
        .extracting(row -> row.get("name").asText())
        .containsExactly(
            "raw-pixels",
            "untrained",
            "quadruplet-adaptive",
            "network.embedding-size=16,replicas=2");
  }

  @Test
  void onePassAsksForItsDataset() {
    assertThat(terminal.run("one-pass")).isEqualTo(2);
    assertThat(terminal.err()).contains("--dataset");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ablation --quick --dataset missing --set seed=x", "one-pass --dataset missing"})
  void anOptionOfTheEnvironmentIsRefusedSinceTheCommandLineWouldNotTellIt(String command) {
    for (String variable : List.of("QUADSTREAM_WINDOW_IMAGES", "QUADSTREAM_WINDOW_IMAGS")) {
      TestingTerminal set = new TestingTerminal(Map.of(variable, "16", "QUADSTREAM_LOG", "a.log"));

      assertThat(set.run(command.split(" "))).isEqualTo(ExitCode.USAGE);

      assertThat(set.err())
          .startsWith(variable + " in the environment would be passed over")
          .contains("--set");
    }
  }
}
