package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Checkpoints that hold the windows between two operators, as training is the bottleneck. */
@ExtendWith(TestingProcesses.Shared.class)
class UnalignedCheckpointIT {

  private static final long SEED = 16;
  private static final int WINDOWS = 150;
  private static final int MOST_KILLS = 5;
  private static final Pattern RESTORED = Pattern.compile("\"restored\":\\{\"id\":(\\d+)");
  private static final Pattern IN_FLIGHT = Pattern.compile("\"persisted_data\":[1-9]");

  @Test
  void aBackpressuredRunThatIsRestoredWithDataInFlightArrivesAtTheSameBits(
      TestingProcesses processes) throws Exception {
    Configuration unaligned = new Configuration();
    unaligned.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
    try (TestingRun run = new TestingRun(processes, "unaligned", SEED, 1, Map.of())) {
      run.sendWindows(WINDOWS);
      run.startUnder(unaligned);
      int kills = 0;
      String restored = "";
      while (!IN_FLIGHT.matcher(restored).find()) {
        assertThat(kills++)
            .as("kills until a checkpoint with data in flight")
            .isLessThan(MOST_KILLS);
        run.awaitTrained(run.trainedWindows() + 1);
        run.feedUntil(
            "a checkpoint with data in flight",
            () -> IN_FLIGHT.matcher(run.ask("/checkpoints")).find());
        processes.cluster().killTaskManager();
        processes.cluster().startTaskManager();
        restored = restoredCheckpoint(run);
      }
      run.awaitTrained(run.sentWindows());

      assertThat(RunOutcome.of(run, kills, run.drain()))
          .as("seed %d", SEED)
          .isEqualTo(RunOutcome.flawless(kills, run.sentWindows()));
    }
  }

  /** What Flink says of the checkpoint that the job was last restored from. */
  private static String restoredCheckpoint(TestingRun run) throws Exception {
    run.observeUntil("a restore", () -> RESTORED.matcher(run.ask("/checkpoints")).find());
    Matcher restored = RESTORED.matcher(run.ask("/checkpoints"));
    assertThat(restored.find()).isTrue();
    return run.ask("/checkpoints/details/" + restored.group(1));
  }
}
