package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class FailuresTest {

  @Test
  void interruptionsOfAnyKindEndWithOneHundredAndThirty() {
    assertThat(Failures.exitCodeOf(new InterruptedException())).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(Failures.exitCodeOf(new InterruptException("poll"))).isEqualTo(ExitCode.INTERRUPTED);
    // The exception of Kafka sets the flag of the thread that makes it.
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatNobodyForesawEndsWithOneAndSaysHowToLearnMore() {
    NullPointerException bug = new NullPointerException("embedding");
    assertThat(Failures.exitCodeOf(bug)).isEqualTo(ExitCode.FAILED);
    assertThat(Failures.sentenceOf(bug))
        .contains("NullPointerException")
        .contains("embedding")
        .contains("--verbose");
  }

  @Test
  void whatWasWrittenForPeopleIsLeftAsItIs() {
    assertThat(Failures.sentenceOf(CommandException.usage("Give a dataset.")))
        .isEqualTo("Give a dataset.");
    assertThat(Failures.sentenceOf(new IOException("disk full"))).contains("disk full");
  }

  @Test
  void theRootIsTheFirstCause() {
    IOException root = new IOException("connection lost");
    assertThat(Failures.rootOf(new RuntimeException(new RuntimeException(root)))).isSameAs(root);
  }
}
