package dev.quadstream.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FinishedRunsTest {

  private static final Run RUN =
      new Run("icons", HeldOutPart.TEST, 320, "a1", "quadruplet", 2, Map.of("seed", "2"));
  private static final Measurement MEASUREMENT =
      new Measurement(
          Map.of("bell", new double[] {1, 0}, "tree", new double[] {1}),
          null,
          new ClassDistances(new Interval(0.1, 0, 0.2), new Interval(0.5, 0.4, 0.6), 3),
          Map.of("bell", new double[] {1}));

  @TempDir private Path directory;

  @Test
  void aRunThatWasKeptIsFoundAsItWas() throws IOException {
    new FinishedRuns(directory).keep(RUN, MEASUREMENT);

    assertThat(new FinishedRuns(directory).find(RUN))
        .get()
        .usingRecursiveComparison()
        .isEqualTo(MEASUREMENT);
  }

  @Test
  void aRowMayBeNamedForAnOptionThatHoldsAPath() throws IOException {
    Run run =
        new Run(
            "icons",
            HeldOutPart.TEST,
            320,
            "a1",
            "network.backbone=../a/b.onnx",
            2,
            Map.of("seed", "2"));
    new FinishedRuns(directory).keep(run, MEASUREMENT);

    assertThat(directory).isDirectoryContaining(file -> file.toString().endsWith("-2.json"));
    assertThat(new FinishedRuns(directory).find(run)).isPresent();
  }

  @Test
  void aRowOfALongNameIsKeptAndFoundAndNotTakenForAnother() throws IOException {
    FinishedRuns runs = new FinishedRuns(directory);
    for (String end : List.of("a", "b")) {
      for (long seed = 9; seed < 11; seed++) {
        String row = "network.backbone=/" + "long/".repeat(60) + end;
        Run run =
            new Run("icons", HeldOutPart.TEST, 320, "a1", row, seed, Map.of("seed", "" + seed));
        assertThat(runs.find(run)).isEmpty();
        runs.keep(run, MEASUREMENT);
        assertThat(runs.find(run)).isPresent();
      }
    }
  }

  @Test
  void aNameThatAFileSystemTakesStaysAsItIs() throws IOException {
    Run run =
        new Run("icons", HeldOutPart.TEST, 320, "a1", "r".repeat(243), 2, Map.of("seed", "2"));
    new FinishedRuns(directory).keep(run, MEASUREMENT);

    assertThat(directory.resolve(run.row() + "-2.json")).exists();
  }

  @Test
  void aRunOfOtherImagesOfThatNameIsRefused() throws IOException {
    FinishedRuns runs = new FinishedRuns(directory);
    runs.keep(RUN, MEASUREMENT);
    Run grown =
        new Run(RUN.dataset(), RUN.on(), RUN.images(), "b2", RUN.row(), RUN.seed(), RUN.options());

    assertThatThrownBy(() -> runs.find(grown))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("quadruplet-2.json is of other images")
        .hasMessageContaining("icons is another dataset, or has changed")
        .hasMessageContaining("another directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"dataset\":\"icons\",\"on\":\"TEST\",\"images\":320,\"options\":{\"seed\":\"2\"}}"
      })
  void aRunOfAnEarlierVersionIsRefused(String kept) throws IOException {
    Files.writeString(directory.resolve("quadruplet-2.json"), kept);
    FinishedRuns runs = new FinishedRuns(directory);

    assertThatThrownBy(() -> runs.find(RUN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("quadruplet-2.json was kept by an earlier version");
  }

  @Test
  void aRunOfAnotherSeedIsNotFound() throws IOException {
    FinishedRuns runs = new FinishedRuns(directory);
    runs.keep(RUN, MEASUREMENT);

    assertThat(
            runs.find(
                new Run(
                    "icons", HeldOutPart.TEST, 320, "a1", "quadruplet", 3, Map.of("seed", "3"))))
        .isEmpty();
  }

  @Test
  void aRunOfOtherOptionsIsRefusedAndNotMixedIn() throws IOException {
    FinishedRuns runs = new FinishedRuns(directory);
    runs.keep(RUN, MEASUREMENT);

    assertThatThrownBy(
            () ->
                runs.find(
                    new Run(
                        "icons",
                        HeldOutPart.TEST,
                        640,
                        "a1",
                        "quadruplet",
                        2,
                        Map.of("seed", "2"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("quadruplet-2.json is of icons (test), 320 images")
        .hasMessageContaining("640 images");
    Run onValidation =
        new Run("icons", HeldOutPart.VALIDATION, 320, "a1", "quadruplet", 2, Map.of("seed", "2"));
    assertThatThrownBy(() -> runs.find(onValidation))
        .hasMessageContaining("this run is of icons (validation)");
  }
}
