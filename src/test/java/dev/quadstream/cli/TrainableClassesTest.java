package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.metric.LossForm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainableClassesTest {

  @TempDir private Path directory;

  @Test
  void aQuadrupletTakesThreeAndATripletTwo() {
    Map<String, Integer> two = Map.of("a", 1, "b", 2);
    assertThat(TrainableClasses.problem(Map.of("a", 1, "b", 2, "c", 1), LossForm.QUADRUPLET))
        .isEmpty();
    assertThat(TrainableClasses.problem(two, LossForm.TRIPLET)).isEmpty();
    assertThat(TrainableClasses.problem(two, LossForm.QUADRUPLET))
        .hasValueSatisfying(problem -> assertThat(problem).contains("training.loss=TRIPLET"));
    assertThat(TrainableClasses.problem(Map.of("a", 9), LossForm.TRIPLET))
        .hasValueSatisfying(problem -> assertThat(problem).contains("1 classes", "2 at least"));
  }

  @Test
  void classesOfASingleImageAreRefusedBeforeTheyAreRead() throws Exception {
    TestingFolders.striped(directory, 6, 1);
    TestingTerminal terminal = new TestingTerminal();

    int code =
        terminal.run("train", "--dataset=" + directory, "--out=" + directory.resolve("m.qsm"));

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("Each of the 6 classes to train on has a single image");
  }

  @Test
  void onePassRefusesATestPartOfOtherClasses() throws Exception {
    TestingFolders.striped(directory.resolve("train"), 3, 3);
    TestingFolders.striped(directory.resolve("test"), 6, 2);
    for (int label = 0; label < 3; label++) {
      for (int image = 0; image < 2; image++) {
        Files.delete(directory.resolve("test/class-%d/%d.png".formatted(label, image)));
      }
    }
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run("one-pass", "--dataset", directory.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("no class in common");
  }

  @Test
  void onePassSaysSoBeforeItsWork() throws Exception {
    TestingFolders.striped(directory.resolve("train"), 2, 3);
    TestingFolders.striped(directory.resolve("test"), 2, 2);
    TestingTerminal terminal = new TestingTerminal();

    assertThat(terminal.run("one-pass", "--dataset", directory.toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("6 images of 2 classes", "There are 2 classes to train on");
  }
}
