package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.stream.options.PipelineSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HeldOutArgumentsTest {

  private static final PipelineSettings SETTINGS = PipelineSettings.of(new Configuration());

  @TempDir private Path directory;

  @Test
  void largeClassesGiveNoMoreThanFitsAndSmallOnesAll() {
    assertThat(HeldOutArguments.maxOfAClass(List.of(1_000, 1_000))).isGreaterThanOrEqualTo(1_000);
    assertThat(HeldOutArguments.maxOfAClass(Collections.nCopies(10, 1_000))).isEqualTo(400);
    assertThat(HeldOutArguments.maxOfAClass(List.of(10_000, 10_000, 100))).isEqualTo(1_950);
    assertThat(HeldOutArguments.maxOfAClass(Collections.nCopies(9_000, 5))).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--labels=labels.idx",
        "--part=train",
        "--split-seed=3",
        "--held-out=/no/held-out"
      })
  void whatCannotBeMeasuredOnIsAUsageError(String argument) {
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run("dashboard", "--port=0", argument)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("held-out");
  }

  @Test
  void oneImageOfEachClassIsNothingToBeFoundAgain() throws Exception {
    TestingTerminal terminal = new TestingTerminal();

    int exitCode =
        terminal.run(
            "dashboard", "--port=0", "--held-out=" + TestingFolders.striped(directory, 3, 1));

    assertThat(terminal.err()).contains("fewer than 2 classes with two images");
    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void imagesWhoseClassHasNoOtherAreLeftOut() throws Exception {
    TestingFolders.striped(directory, 4, 2);
    Files.delete(directory.resolve("class-0/1.png"));
    Files.writeString(directory.resolve("class-1/1.png"), "GIF89a, and no more");

    assertThat(read()).containsExactly("class-2", "class-2", "class-3", "class-3");
  }

  @Test
  void ofVeryManyClassesSomeComeWhole() throws Exception {
    Path image = TestingFolders.striped(directory.resolve("some"), 1, 1).resolve("class-0/0.png");
    List<String> rows = new ArrayList<>();
    for (int number = 0; number < 4_200; number++) {
      Files.copy(image, directory.resolve(number + ".png"));
      rows.add(number + ".png," + number % 2_100);
    }
    Path list = Files.write(directory.resolve("list.csv"), rows);
    HeldOutArguments arguments =
        CommandLine.populateCommand(new HeldOutArguments(), "--held-out=" + list);

    assertThat(arguments.read(SETTINGS, Quadstream.commandLine(Map.of())))
        .hasSize(4_000)
        .extracting(LabeledImage::label)
        .satisfies(labels -> assertThat(Set.copyOf(labels)).hasSize(2_000));
  }

  private List<String> read() throws Exception {
    HeldOutArguments arguments =
        CommandLine.populateCommand(new HeldOutArguments(), "--held-out=" + directory);
    return arguments.read(SETTINGS, Quadstream.commandLine(Map.of())).stream()
        .map(LabeledImage::label)
        .toList();
  }

  @Test
  void imagesOfOneClassAreNothingToBeFoundAgain() throws Exception {
    Path folder = TestingFolders.striped(directory, 2, 1);
    Files.writeString(folder.resolve("class-1").resolve("0.png"), "GIF89a, and no more");
    TestingTerminal terminal = new TestingTerminal();

    int exitCode = terminal.run("dashboard", "--port=0", "--held-out=" + folder);

    assertThat(terminal.err()).contains("fewer than 2 classes");
    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
  }
}
