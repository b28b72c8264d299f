package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Checkpoints that hold the windows between two operators, as training is the bottleneck. */
@ExtendWith(TestingProcesses.Shared.class)
class UnalignedCheckpointIT {

  private static final long SEED = 16;
  private static final int WINDOWS = 60;
  private static final int MAX_KILLS = 5;

  @Test
  void aBackpressuredRunThatIsRestoredWithDataInFlightArrivesAtTheSameBits(
      TestingProcesses processes) throws Exception {
    Configuration unaligned = new Configuration();
    unaligned.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
    try (TestingRun run = new TestingRun(processes, "unaligned", SEED, 1, Map.of())) {
      run.sendWindows(WINDOWS);
      run.startUnder(unaligned);
      int kills = 0;
      do {
        assertThat(kills)
            .as("kills until a checkpoint with data in flight is restored")
            .isLessThan(MAX_KILLS);
        int before = run.trainedWindows();
        run.feedUntil("a window trained", () -> run.trainedWindows() > before);
        run.feedUntil("a checkpoint with data in flight", () -> holdsDataInFlight(run));
        processes.cluster().killTaskManager();
        processes.cluster().startTaskManager();
        kills++;
      } while (bytesInFlightRestored(run, kills) == 0);
      run.awaitTrained(run.sentWindows());

      assertThat(RunOutcome.of(run, kills, run.drain()))
          .as("seed %d", SEED)
          .isEqualTo(RunOutcome.flawless(kills, run.sentWindows()));
    }
  }

  private static boolean holdsDataInFlight(TestingRun run) {
    CheckpointStatistics.Checkpoint completed = CheckpointStatistics.of(run).latest().completed();
    return completed != null && completed.bytesInFlight() > 0;
  }

  private static long bytesInFlightRestored(TestingRun run, int restores) throws Exception {
    run.observeUntil(
        "a restore", () -> CheckpointStatistics.of(run).counts().restored() >= restores);
    long id = CheckpointStatistics.of(run).latest().restored().id();
    return CheckpointStatistics.of(run, id).bytesInFlight();
  }
}
