package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dataset.DatasetException;
import dev.quadstream.dataset.UnfittingFlagException;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.nio.channels.FileLockInterruptionException;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {

  @Test
  void aFlagThatDoesNotGoWithADatasetIsAWrongCommandLine() {
    assertThat(Failures.exitCodeOf(new UnfittingFlagException("--root"))).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void interruptionsOfAnyKindEndWithOneHundredAndThirty() {
    assertThat(Failures.exitCodeOf(new InterruptedException())).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(Failures.exitCodeOf(new InterruptException("poll"))).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(
            Failures.exitCodeOf(new DatasetException("font", new FileLockInterruptionException())))
        .isEqualTo(ExitCode.INTERRUPTED);
    // The exception of Kafka sets the flag of the thread that makes it.
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatABrokerDoesNotAllowEndsAsOneThatIsNotThere() {
    KafkaException refused =
        new KafkaException("Kafka refused.", new TopicAuthorizationException("images"));
    assertThat(Failures.exitCodeOf(refused)).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(Failures.sentenceOf(refused)).contains("Kafka refused.");
  }

  @Test
  void nativesThatDoNotLoadSendPeopleToTheDoctor() {
    Error failure =
        new ExceptionInInitializerError(new UnsatisfiedLinkError("failed to map segment"));
    assertThat(Failures.sentenceOf(failure)).contains("failed to map segment", "doctor");
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

  /** Names of files and runs are of others' making. */
  @ParameterizedTest
  @ValueSource(strings = {"\u001b]0;x\u0007", "\u009b31m", "\u202e", "\u2066", "\u2028", "a\rb"})
  void nothingThatATerminalWouldObeyReachesIt(String evil) {
    for (Exception failure :
        List.of(
            new StartRefusedException("There is " + evil + "."),
            new IllegalArgumentException("There is " + evil + "."),
            new RuntimeException(new IOException("There is " + evil + ".")))) {
      assertThat(Failures.sentenceOf(failure)).contains("There is ").doesNotContain(evil);
      assertThat(Failures.traceOf(failure))
          .contains("There is ", "FailuresTest")
          .doesNotContain(evil);
    }
    assertThat(Finding.warning("dead letters", "1 is " + evil).toString()).doesNotContain(evil);
  }
}
