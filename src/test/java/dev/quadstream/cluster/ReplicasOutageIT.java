package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two replicas on two TaskManagers through what holds one of them up: in mid-round no images come,
 * a TaskManager hangs, and one is lost and replaced later. The job goes on by itself.
 */
@Tag("long")
@ExtendWith(TestingProcesses.Shared.class)
class ReplicasOutageIT {

  private static final long SEED = 17;
  private static final int REPLICAS = 2;
  private static final int SILENT_CHECKPOINTS = 20;
  private static final Duration PAUSE = Duration.ofSeconds(20);

  /** A round is four windows of each, in the first ten two: this ends within one. */
  private static final int WITHIN_A_ROUND = 47;

  private static final int AFTER_EACH = 24;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nobodyStallsAndNothingIsTrainedTwice(boolean unaligned, TestingProcesses processes)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(CheckpointingOptions.ENABLE_UNALIGNED, unaligned);
    String name = unaligned ? "outage-unaligned" : "outage";
    TestingFlinkCluster cluster = processes.cluster();
    try (TestingRun run =
        new TestingRun(
            processes, name, SEED, 1, Map.of("replicas", "" + REPLICAS, "registry.keep", "100"))) {
      while (cluster.taskManagers() < REPLICAS) {
        cluster.startTaskManager();
      }
      run.startUnder(flink);
      run.sendWindows(WITHIN_A_ROUND);
      run.awaitTrained(WITHIN_A_ROUND);

      // Those that were asked for before every task ran.
      CheckpointStatistics.Counts before = CheckpointStatistics.of(run).counts();
      run.observeUntil(
          "checkpoints while no images come",
          () ->
              CheckpointStatistics.of(run).counts().completed()
                  >= before.completed() + SILENT_CHECKPOINTS);
      trainOn(run);

      String paused = cluster.busyTaskManager();
      run.sendWindows(AFTER_EACH);
      cluster.pauseTaskManager(paused);
      long end = System.nanoTime() + PAUSE.toNanos();
      run.observeUntil("the end of the pause", () -> System.nanoTime() >= end);
      cluster.resumeTaskManager(paused);
      trainOn(run);
      CheckpointStatistics.Counts afterPause = CheckpointStatistics.of(run).counts();
      trainOn(run);
      CheckpointStatistics.Counts counts = CheckpointStatistics.of(run).counts();
      assertThat(counts.failed())
          .as("checkpoints that failed, the outage's included")
          .isEqualTo(afterPause.failed());
      assertThat(counts.restored()).as("restarts").isZero();

      cluster.killTaskManager();
      run.sendWindows(AFTER_EACH);
      run.observeUntil(
          "the loss is noticed",
          () -> run.ask("/exceptions?maxExceptions=1").contains("exceptionName"));
      cluster.startTaskManager();
      trainOn(run);
      int failed = CheckpointStatistics.of(run).counts().failed();
      trainOn(run);
      assertThat(CheckpointStatistics.of(run).counts().failed())
          .as("checkpoints that failed, the outage's included")
          .isEqualTo(failed);
      run.drain();

      ReplicaVersions.assertUndisturbed(run);
    }
  }

  private static void trainOn(TestingRun run) throws Exception {
    run.sendWindows(AFTER_EACH);
    run.awaitTrained(run.sentWindows());
  }
}
