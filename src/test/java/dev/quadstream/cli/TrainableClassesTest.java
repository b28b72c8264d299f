package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.metric.LossForm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainableClassesTest {

  @TempDir private Path directory;

  @Test
  void aQuadrupletTakesThreeAndATripletTwo() {
    assertThat(TrainableClasses.problem(3, LossForm.QUADRUPLET)).isEmpty();
    assertThat(TrainableClasses.problem(2, LossForm.TRIPLET)).isEmpty();
    assertThat(TrainableClasses.problem(2, LossForm.QUADRUPLET))
        .hasValueSatisfying(problem -> assertThat(problem).contains("training.loss=TRIPLET"));
    assertThat(TrainableClasses.problem(1, LossForm.TRIPLET))
        .hasValueSatisfying(problem -> assertThat(problem).contains("1 classes", "2 at least"));
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
