package dev.quadstream.serve.state;

import static dev.quadstream.training.TestingReports.ofRun;
import static dev.quadstream.training.TestingReports.report;
import static dev.quadstream.training.TestingReports.with;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.HeaderNames;
import dev.quadstream.serve.state.ReplicaProgress.HardCase;
import dev.quadstream.training.HardQuadruplet;
import dev.quadstream.training.PartitionLedger;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RunStateTest {

  private static final Integer[] FIRST = {0, 1, 2, 3, 4, 5, 6, 7};

  private final RunState state = new RunState("network");

  @Test
  void waitsUntilTheFirstReportAndAgainAfterASilence() {
    assertThat(status(0).state()).isEqualTo("waiting");

    state.add(report(0, 0), 1_000);
    state.add(report(0, 1), 2_000);

    assertThat(status(3_000).state()).isEqualTo("running");
    assertThat(status(3_000).progress().imagesPerSecond()).isEqualTo(64);
    assertThat(status(60_000).state()).isEqualTo("waiting");
    assertThat(status(60_000).progress().imagesPerSecond()).isZero();
  }

  @Test
  void anUnreachableKafkaIsDegradedWithItsReason() {
    state.add(report(0, 0), 1_000);
    state.health().kafka("Kafka cannot be reached at x:1.");

    assertThat(status(1_000).state()).isEqualTo("degraded");
    assertThat(status(1_000).reason()).contains("x:1");

    state.health().kafka(null);
    assertThat(status(1_000).state()).isEqualTo("running");
  }

  @Test
  void topicsThatCannotBeReadAreToldOfAlsoWhereKafkaAnswers() {
    state.add(report(0, 0), 1_000);
    state.health().feed("The topic 'reports' is not there.");
    state.health().kafka(null);

    assertThat(status(1_000).state()).isEqualTo("degraded");
    assertThat(status(1_000).reason()).contains("reports");

    state.health().feed(null);
    assertThat(status(1_000).state()).isEqualTo("running");
  }

  @Test
  void aThreadOfThePageThatFailsIsShownUntilItIsWellAgain() {
    state.add(report(0, 0), 1_000);
    state.health().failure("dashboard-images", "dashboard-images has failed 2 times: junk");

    assertThat(status(1_000).state()).isEqualTo("degraded");
    assertThat(status(1_000).reason()).contains("2 times: junk");

    state.health().failure("dashboard-images", null);
    assertThat(status(1_000).state()).isEqualTo("running");
  }

  @Test
  void aCollapseRaisesTheAlarmForAWhile() {
    state.add(report(0, 0), 0);
    state.add(report(0, 1, 1, "The embedding collapsed.", List.of("a")), 0);
    assertThat(status(0).health().collapsed()).isTrue();
    assertThat(status(0).state()).isEqualTo("degraded");

    for (int window = 2; window <= 51; window++) {
      state.add(report(0, window, 1, null, null), 0);
    }
    assertThat(status(0).health().collapsed()).isFalse();
    assertThat(status(0).state()).isEqualTo("running");
  }

  @Test
  void aRefusedWindowSaysWhy() {
    state.add(report(0, 0, 0, "The gradient norm is too large.", List.of("a")), 0);

    assertThat(status(0).state()).isEqualTo("degraded");
    assertThat(status(0).reason()).contains("gradient norm");
  }

  @Test
  void theLedgerIsThatOfTheNewestReportOfEachPartition() {
    assertThat(status(0).ledger()).isNull();
    state.add(
        with(
            report(0, 1),
            new PartitionLedger(0, 99, 106, 80, 2, 3, 5, 10, 6),
            new PartitionLedger(1, 6, 7, 7, 0, 0, 0, 0, 0)),
        0);
    // Of another replica, written earlier and read later.
    state.add(with(report(1, 0), new PartitionLedger(0, 49, 50, 40, 0, 0, 0, 10, 0)), 0);

    assertThat(status(0).ledger()).isEqualTo(new RunStatus.Ledger(113, 87, 2, 6, 8, 10, 0));
    assertThat(status(0).state()).isEqualTo("running");

    state.add(ofRun("run-2", 0, 0), 1);
    assertThat(status(1).ledger()).as("of the run that is shown").isNull();
  }

  /** Read from its start, a replica after the other, or as it is written. */
  @Test
  void aJobThatWasSetBackIsShownWhereItTrains() {
    for (int window = 0; window < 100; window++) {
      state.add(
          with(
              report(0, window, quadruplet("anchor-" + window, 1)),
              new PartitionLedger(0, 640, 640, 640, 0, 0, 0, 0, 0)),
          window);
    }
    state.add(report(0, 16), 99);
    assertThat(status(99).position().window()).as("one that was read twice").isEqualTo(99);

    state.add(
        with(
            report(0, 16, quadruplet("anchor-now", 2)),
            new PartitionLedger(0, 99, 100, 98, 0, 0, 0, 0, 0)),
        900_000);
    state.add(report(0, 17), 901_000);
    state.add(with(report(1, 99), new PartitionLedger(0, 639, 640, 640, 0, 0, 0, 0, 0)), 99);

    RunStatus status = status(901_000);
    assertThat(status.state()).isEqualTo("degraded");
    assertThat(status.reason()).contains("2 of 100 records");
    assertThat(status.position().window()).isEqualTo(17);
    assertThat(status.position().lastReportAt()).isEqualTo(901_000);
    assertThat(status.ledger().read()).isEqualTo(100);
    assertThat(status.progress().images()).as("none twice").isEqualTo(101 * 64);
    assertThat(replica().history(0, 0)).containsEntry("size", 100);
    assertThat(replica().hardest())
        .extracting(HardCase::window)
        .contains(16L)
        .allMatch(window -> window <= 16);
  }

  /** As long as Kafka keeps them. */
  @Test
  void imagesWhoseReportsAreGoneAreCountedByTheLedger() {
    PartitionLedger ofWeeks = new PartitionLedger(0, 9_999, 10_000, 9_990, 0, 10, 0, 0, 0);
    state.add(with(report(0, 155), ofWeeks), 0);

    assertThat(status(0).progress().images()).isEqualTo(9_990);
  }

  @Test
  void recordsThatAreNowhereAreAFaultAlsoWhereOthersAreTwice() {
    state.add(
        with(
            report(0, 0),
            new PartitionLedger(0, 9, 10, 9, 0, 0, 0, 0, 0),
            new PartitionLedger(1, 9, 10, 11, 0, 0, 0, 0, 0)),
        0);

    assertThat(status(0).ledger().unaccounted()).isEqualTo(2);
    assertThat(status(0).state()).isEqualTo("degraded");
    assertThat(status(0).reason()).contains("2 of 20 records");
  }

  @Test
  void deadLettersAreCountedByReasonAndOnce() {
    state.addDeadLetter(letter(0, "corrupt"));
    state.addDeadLetter(letter(1, "corrupt"));
    state.addDeadLetter(letter(2, "<script>"));
    state.addDeadLetter(letter(1, "corrupt"));

    RunStatus status = status(0);
    assertThat(status.deadLetters().total()).isEqualTo(3);
    assertThat(status.deadLetters().byReason())
        .containsExactly(
            new RunStatus.ReasonCount("corrupt", 2), new RunStatus.ReasonCount("<script>", 1));
  }

  @Test
  void deadLettersOfEndlessReasonsStayBounded() {
    for (int i = 0; i < 1_000; i++) {
      state.addDeadLetter(letter(i, "reason-" + i));
    }

    assertThat(status(0).deadLetters().total()).isEqualTo(1_000);
    assertThat(status(0).deadLetters().byReason()).hasSizeLessThanOrEqualTo(33);
  }

  @Test
  void whatIsSaidInADeadLetterIsCutShort() {
    state.addDeadLetter(letter(0, "x".repeat(1_000_000)));

    assertThat(status(0).deadLetters().byReason().get(0).reason()).hasSizeLessThan(400);
  }

  @Test
  void theWorstQuadrupletsOfTheLastWindowsAreShownOncePerAnchor() {
    state.add(report(0, 0, quadruplet("old", 0.9)), 0);
    for (int window = 1; window <= 100; window++) {
      state.add(report(0, window, quadruplet("anchor-" + window % 10, window / 1000.0)), 0);
    }

    assertThat(replica().hardest()).hasSize(6);
    assertThat(replica().hardest())
        .extracting(hard -> hard.quadruplet().images().anchor())
        .doesNotHaveDuplicates();
    assertThat(replica().hardest().get(0).window()).isEqualTo(100);
  }

  @Test
  void aReaderThatIsBehindIsSentOnlyTheTail() {
    state.add(report(0, 0), 0);
    long revision = replica().revision(Section.HISTORY);
    state.add(report(0, 1), 0);

    assertThat(replica().revision(Section.HISTORY)).isGreaterThan(revision);
    assertThat(replica().history(0, 1)).containsEntry("from", 1).containsEntry("size", 2);
    assertThat(replica().history(7, 1)).containsEntry("from", 0);
  }

  @Test
  void replicasAreKeptApartAndCountedTogether() {
    state.add(report(0, 0), 1_000);
    state.add(report(1, 0), 1_000);
    state.add(report(1, 1), 2_000);

    assertThat(state.replicas()).extracting(ReplicaProgress::number).containsExactly(0, 1);
    assertThat(status(2_000).progress().images()).isEqualTo(3 * 64);
    assertThat(status(2_000).progress().imagesPerSecond()).isEqualTo(128);
    assertThat(status(2_000).position().replicas()).containsExactly(0, 1);
    RunStatus second = state.status(2_000, state.shown(1L));
    assertThat(second.position().replica()).isEqualTo(1);
    assertThat(second.position().modelVersion()).isEqualTo(2);
    assertThat(state.shown(7L)).as("unknown, so the first").contains(replica());
  }

  @Test
  void aCollapseInAnyReplicaIsSaidWithItsNumber() {
    state.add(report(0, 0), 0);
    state.add(report(1, 0, 1, null, null), 0);

    assertThat(status(0).state()).isEqualTo("degraded");
    assertThat(status(0).reason()).startsWith("Replica 1: The embedding collapsed");
    assertThat(status(0).health().collapsed()).as("in replica 0").isFalse();
  }

  @Test
  void replicasThatALaterRunDoesNotHaveAreNotShown() {
    state.add(report(0, 0), 1_000);
    state.add(report(1, 0), 1_000);
    state.add(ofRun("run-2", 0, 0), 9_000);

    assertThat(state.replicas()).extracting(ReplicaProgress::number).containsExactly(0);
    assertThat(status(9_000).progress().images()).isEqualTo(64);

    state.add(ofRun("run-2", 1, 0), 9_500);
    assertThat(state.replicas()).extracting(ReplicaProgress::number).containsExactly(0, 1);
  }

  /** Partitions are read one after another, so that an earlier run's reports may come last. */
  @Test
  void theRunThatWroteLastIsTheCurrentOneInWhateverOrderReportsAreRead() {
    state.add(ofRun("run-2", 0, 0), 9_000);
    state.add(report(1, 0), 1_000);

    assertThat(state.replicas()).extracting(ReplicaProgress::number).containsExactly(0);
    assertThat(status(9_000).progress().images()).isEqualTo(64);
  }

  @Test
  void sumsAreOfAllReplicasAndHistoriesOfTheFirst() {
    for (int number = 19; number >= 0; number--) {
      state.add(report(number, 0), 1_000);
      state.add(report(number, 1), 2_000);
    }

    assertThat(state.replicas()).extracting(ReplicaProgress::number).containsExactly(FIRST);
    assertThat(status(2_000).position().replicas()).containsExactly(FIRST);
    assertThat(status(2_000).progress().images()).isEqualTo(20 * 2 * 64);
    assertThat(status(2_000).progress().imagesPerSecond()).isEqualTo((20 * 2 - 1) * 64);
    assertThat(state.shown(19L)).contains(replica());

    state.add(report(19, 2, 1, null, null), 3_000);
    assertThat(status(3_000).reason()).startsWith("Replica 19: The embedding collapsed");
  }

  @Test
  void replicasBeyondTheBoundTakeNoMemory() {
    for (int number = 0; number < 1_000; number++) {
      state.add(report(number, 0), 1_000);
    }

    assertThat(state.replicas()).extracting(ReplicaProgress::number).containsExactly(FIRST);
    assertThat(status(1_000).progress().images()).isEqualTo(RunState.MAX_REPLICAS * 64);
  }

  /** The page's scripts read these fields. */
  @Test
  void aBrowserGetsTheFieldsOfAllPartsSideBySide() {
    state.add(with(report(0, 0), new PartitionLedger(0, 9, 10, 9, 0, 1, 0, 0, 0)), 1_000);
    state.addDeadLetter(letter(0, "corrupt"));
    state.health().lag(7L);
    state.health().flink("http://flink", null, 900L);

    assertThat(new String(JsonMessages.write(status(2_000)), UTF_8))
        .isEqualTo(
            """
            {"state":"running","reason":null,"network":"network",\
            "replica":0,"replicas":[0],"modelVersion":1,"miningVersion":0,"window":0,\
            "lastReportAt":1000,"images":64,"imagesPerSecond":0.0,"lag":7,\
            "checkpointAt":900,"flinkPage":"http://flink",\
            "deadLetters":1,"deadLetterReasons":[{"reason":"corrupt","count":1}],\
            "lastDeadLetters":["unknown"],\
            "ledger":{"read":10,"images":9,"removals":0,"questions":0,"deadLetters":1,"waiting":0,"unaccounted":0},"memorySize":512,"memoryClasses":40,\
            "warmingUp":false,"collapsed":false,"collapses":0,"refusedWindows":0}""");
  }

  private ReplicaProgress replica() {
    return state.shown(0L).orElseThrow();
  }

  private RunStatus status(long now) {
    return state.status(now, state.shown(null));
  }

  private static ConsumerRecord<byte[], byte[]> letter(long offset, String reason) {
    ConsumerRecord<byte[], byte[]> letter =
        new ConsumerRecord<>("dead-letters", 0, offset, null, new byte[0]);
    letter.headers().add(HeaderNames.ERROR_CLASS, reason.getBytes(UTF_8));
    return letter;
  }

  private static HardQuadruplet quadruplet(String anchor, double violation) {
    return new HardQuadruplet(
        new HardQuadruplet.Images(anchor, "p", "n", "m"),
        new HardQuadruplet.Labels("a", "b", "c"),
        new HardQuadruplet.Distances(0.5, 0.4, 0.3),
        violation);
  }
}
