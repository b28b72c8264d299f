package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two replicas on two TaskManagers, of which one or the other is killed: every version has the bits
 * of two replicas in a plain loop, and each window is trained on once.
 */
@ExtendWith(TestingProcesses.Shared.class)
class ReplicasCrashIT {

  private static final long SEED = 16;
  private static final int REPLICAS = 2;
  private static final int KILLS = Integer.getInteger("chaos.kills", 4);
  private static final int WINDOWS = 60;
  private static final int MOST_PROGRESS = 12;

  @Test
  void killsOfEitherTaskManagerChangeNoBitOfAnyVersion(TestingProcesses processes)
      throws Exception {
    Random random = new Random(SEED);
    Map<String, String> options = Map.of("replicas", "" + REPLICAS, "registry.keep", "" + WINDOWS);
    try (TestingRun run = new TestingRun(processes, "replicas", SEED, 1, options)) {
      while (processes.cluster().taskManagers() < REPLICAS) {
        processes.cluster().startTaskManager();
      }
      run.sendWindows(WINDOWS);
      run.start();
      for (int kill = 0; kill < KILLS; kill++) {
        int next = run.trainedWindows() + 1 + random.nextInt(MOST_PROGRESS);
        run.awaitTrained(Math.min(WINDOWS, next));
        processes.cluster().killTaskManager();
        processes.cluster().launchTaskManager();
      }
      // More of them, so that the job has come back when it is drained.
      run.sendWindows(WINDOWS / 2);
      int windows = run.sentWindows();
      run.awaitTrained(windows);
      run.drain();

      assertThat(run.reports(windows).stream().map(report -> report.identity().window()).sorted())
          .as("windows reported, seed %d", SEED)
          .isEqualTo(LongStream.range(0, windows).boxed().toList());
      assertThat(ReplicaVersions.published(run))
          .as("seed %d", SEED)
          .isEqualTo(ReplicaVersions.trainedHere(run));
    }
  }
}
