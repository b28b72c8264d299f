package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AblationCommandTest {

  private final StringWriter errors = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"--images=0", "--seeds=0", "--images=many"})
  void aSizeThatCannotBeRunIsAUsageError(String option) {
    assertThat(execute(new AblationCommand(), option)).isEqualTo(2);
    assertThat(errors.toString()).containsAnyOf("not 0 images", "and 0 seeds", "'many'");
  }

  @Test
  void aRowThatThereIsNotIsAUsageErrorThatNamesThoseThatThereAre() {
    assertThat(execute(new AblationCommand(), "--rows=triplet-learned,triplets")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("no row 'triplets'", "triplet-euclidean, triplet-learned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"training.loss=TRIPLET", "seed=7"})
  void whatTellsTheRowsApartCannotBeSetInAll(String option) {
    assertThat(execute(new AblationCommand(), "--quick", "--set", option)).isEqualTo(2);
    assertThat(errors.toString()).contains(option.split("=")[0], "--rows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"seed=7", "replicas=2,seed=7"})
  void whatTheAblationSetsCannotBeVaried(String changes) {
    assertThat(execute(new AblationCommand(), "--quick", "--vary", changes)).isEqualTo(2);
    assertThat(errors.toString()).contains("'seed'");
  }

  @Test
  void onePassAsksForItsDataset() {
    assertThat(execute(new OnePassCommand())).isEqualTo(2);
    assertThat(errors.toString()).contains("--dataset");
  }

  private int execute(Object command, String... arguments) {
    return new CommandLine(command).setErr(new PrintWriter(errors, true)).execute(arguments);
  }
}
