package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldOutArgumentsTest {

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
  void imagesOfOneClassAreNothingToBeFoundAgain() throws Exception {
    Path folder = TestingFolders.striped(directory, 2, 1);
    Files.writeString(folder.resolve("class-1").resolve("0.png"), "GIF89a, and no more");
    TestingTerminal terminal = new TestingTerminal();

    int exitCode = terminal.run("dashboard", "--port=0", "--held-out=" + folder);

    assertThat(terminal.err()).contains("fewer than 2 classes");
    assertThat(exitCode).isEqualTo(ExitCode.USAGE);
  }
}
