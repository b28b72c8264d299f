package dev.quadstream.dashboard;

import static dev.quadstream.dashboard.TestingReports.report;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.dashboard.RunState.Section;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.training.HardQuadruplet;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RunStateTest {

  private final RunState state = new RunState("network");

  @Test
  void waitsUntilTheFirstReportAndAgainAfterASilence() {
    assertThat(state.status(0).state()).isEqualTo("waiting");

    state.add(report(0, 0), 1_000);
    state.add(report(0, 1), 2_000);

    assertThat(state.status(3_000).state()).isEqualTo("running");
    assertThat(state.status(3_000).imagesPerSecond()).isEqualTo(64);
    assertThat(state.status(60_000).state()).isEqualTo("waiting");
    assertThat(state.status(60_000).imagesPerSecond()).isZero();
  }

  @Test
  void anUnreachableKafkaIsDegradedWithItsReason() {
    state.add(report(0, 0), 1_000);
    state.health().kafka("Kafka cannot be reached at x:1.");

    assertThat(state.status(1_000).state()).isEqualTo("degraded");
    assertThat(state.status(1_000).reason()).contains("x:1");

    state.health().kafka(null);
    assertThat(state.status(1_000).state()).isEqualTo("running");
  }

  @Test
  void aCollapseRaisesTheAlarmForAWhile() {
    state.add(report(0, 0), 0);
    state.add(report(0, 1, 1, "The embedding collapsed.", List.of("a")), 0);
    assertThat(state.status(0).collapsed()).isTrue();
    assertThat(state.status(0).state()).isEqualTo("degraded");

    for (int window = 2; window <= 51; window++) {
      state.add(report(0, window, 1, null, null), 0);
    }
    assertThat(state.status(0).collapsed()).isFalse();
    assertThat(state.status(0).state()).isEqualTo("running");
  }

  @Test
  void aRefusedWindowSaysWhy() {
    state.add(report(0, 0, 0, "The gradient norm is too large.", List.of("a")), 0);

    assertThat(state.status(0).state()).isEqualTo("degraded");
    assertThat(state.status(0).reason()).contains("gradient norm");
  }

  @Test
  void deadLettersAreCountedByReasonAndOnce() {
    state.addDeadLetter(letter(0, "corrupt"));
    state.addDeadLetter(letter(1, "corrupt"));
    state.addDeadLetter(letter(2, "<script>"));
    state.addDeadLetter(letter(1, "corrupt"));

    RunStatus status = state.status(0);
    assertThat(status.deadLetters()).isEqualTo(3);
    assertThat(status.deadLetterReasons())
        .containsExactly(
            new RunStatus.ReasonCount("corrupt", 2), new RunStatus.ReasonCount("<script>", 1));
  }

  @Test
  void deadLettersOfEndlessReasonsStayBounded() {
    for (int i = 0; i < 1_000; i++) {
      state.addDeadLetter(letter(i, "reason-" + i));
    }

    assertThat(state.status(0).deadLetters()).isEqualTo(1_000);
    assertThat(state.status(0).deadLetterReasons()).hasSizeLessThanOrEqualTo(33);
  }

  @Test
  void theWorstQuadrupletsOfTheLastWindowsAreShownOncePerAnchor() {
    state.add(report(0, 0, quadruplet("old", 0.9)), 0);
    for (int window = 1; window <= 100; window++) {
      state.add(report(0, window, quadruplet("anchor-" + window % 10, window / 1000.0)), 0);
    }

    assertThat(state.hardest()).hasSize(6);
    assertThat(state.hardest())
        .extracting(hard -> hard.quadruplet().anchor())
        .doesNotHaveDuplicates();
    assertThat(state.hardest().get(0).window()).isEqualTo(100);
  }

  @Test
  void aReaderThatIsBehindIsSentOnlyTheTail() {
    state.add(report(0, 0), 0);
    long revision = state.revision(Section.HISTORY);
    state.add(report(0, 1), 0);

    assertThat(state.revision(Section.HISTORY)).isGreaterThan(revision);
    assertThat(state.history(0, 1)).containsEntry("from", 1).containsEntry("size", 2);
    assertThat(state.history(7, 1)).containsEntry("from", 0);
  }

  private static ConsumerRecord<byte[], byte[]> letter(long offset, String reason) {
    ConsumerRecord<byte[], byte[]> letter =
        new ConsumerRecord<>("dead-letters", 0, offset, null, new byte[0]);
    letter.headers().add(HeaderNames.ERROR_CLASS, reason.getBytes(UTF_8));
    return letter;
  }

  private static HardQuadruplet quadruplet(String anchor, double violation) {
    return new HardQuadruplet(anchor, "p", "n", "m", "a", "b", "c", 0.5, 0.4, 0.3, violation);
  }
}
