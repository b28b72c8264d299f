package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A training that diverges, or from which nothing is learned. */
class TrainCommandTest {

  @TempDir private Path directory;

  private final TestingTerminal terminal = new TestingTerminal();
  private Path photos;
  private Path model;

  @BeforeEach
  void photos() throws Exception {
    photos = TestingFolders.striped(directory.resolve("photos"), 6, 10);
    model = directory.resolve("model.qsm");
  }

  @Test
  void whatWasPublishedBeforeItDivergedIsKept() {
    assertThat(train()).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.err())
        .contains("1 windows in a row were refused", model + " is the last one that was published")
        .doesNotContain("reports");
    assertThat(model).isNotEmptyFile();
    assertThat(terminal.run("evaluate", "--model=" + model, "--dataset=" + photos))
        .as(terminal.err())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void aModelThatWasThereIsLeft() throws Exception {
    Files.writeString(model, "of yesterday");

    assertThat(train()).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.err()).contains(model + " is left as it was");
    assertThat(model).hasContent("of yesterday");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Fewer windows refused than end the training, as many, and a rollback to the beginning.
        "training.gradient-norm-limit=1e-9",
        "training.gradient-norm-limit=1e-9 training.refused-in-a-row=3 window.images=8",
        "training.learning-rate=10 window.images=32 training.average-windows=2"
      })
  void aNetworkThatLearnedNothingIsNotWritten(String options) {
    List<String> arguments =
        new ArrayList<>(List.of("train", "--dataset=" + photos, "--out=" + model));
    arguments.add("--set=publish.every=1");
    arguments.add("--set=training.warm-up-windows=0");
    for (String option : options.split(" ")) {
      arguments.add("--set=" + option);
    }

    assertThat(terminal.run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.FAILED);

    assertThat(terminal.err()).containsAnyOf("No window trained anything", "no model is written");
    assertThat(terminal.out()).doesNotContain("recall");
    assertThat(model).doesNotExist();
  }

  /** At that rate the first updates already carry all embeddings to one point. */
  private int train() {
    return terminal.run(
        "train",
        "--dataset=" + photos,
        "--out=" + model,
        "--passes=20",
        "--set=window.images=8",
        "--set=publish.every=1",
        "--set=training.warm-up-windows=0",
        "--set=training.learning-rate=10",
        "--set=training.refused-in-a-row=1");
  }
}
