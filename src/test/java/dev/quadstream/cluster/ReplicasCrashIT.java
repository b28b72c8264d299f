package dev.quadstream.cluster;

import dev.quadstream.stream.options.NetworkConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
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
  private static final int MAX_PROGRESS = 12;

  /**
   * Rounds are two windows of each replica, from the eleventh on four: the first replica has ended
   * its thirteenth, the second has a window to go.
   */
  private static final int WITHIN_A_ROUND = 63;

  /** The second has ended it, and neither the next one. */
  private static final int AFTER_THE_ROUND = 3;

  /** A job that is set back to before its first window begins anew as another run. */
  private static final int BEFORE_ANY_KILL = 3;

  private static final int RETAINED_CHECKPOINTS = 3;

  @Test
  void killsOfEitherTaskManagerChangeNoBitOfAnyVersion(TestingProcesses processes)
      throws Exception {
    try (TestingRun run = run(processes, "replicas")) {
      run.sendWindows(WINDOWS);
      run.start();
      killNowAndThen(processes, run);
      // More of them, so that the job has come back when it is drained.
      run.sendWindows(WINDOWS / 2);
      run.awaitTrained(run.sentWindows());
      run.drain();

      ReplicaVersions.assertUndisturbed(run);
    }
  }

  /** At last both die, while checkpoints have the file of the replica that waits for the other. */
  @Test
  @Tag("long")
  void alsoWhereTheirParametersGoByFilesOfWhichThoseStayThatACheckpointNeeds(
      TestingProcesses processes) throws Exception {
    try (TestingRun run = run(processes, "replica-files")) {
      run.sendWindows(BEFORE_ANY_KILL);
      run.startWithFiles();
      run.awaitTrained(BEFORE_ANY_KILL);
      awaitCheckpoints(run);
      run.sendWindows(WITHIN_A_ROUND - BEFORE_ANY_KILL);
      killNowAndThen(processes, run);
      run.awaitTrained(WITHIN_A_ROUND);
      awaitCheckpoints(run);
      run.observeUntil("the file of an open round alone", () -> files(run).size() == 1);

      for (int replica = 0; replica < REPLICAS; replica++) {
        processes.cluster().killTaskManager();
        processes.cluster().launchTaskManager();
      }
      run.sendWindows(AFTER_THE_ROUND);
      run.awaitTrained(WITHIN_A_ROUND + AFTER_THE_ROUND);
      run.observeUntil("no file where no round is open", () -> files(run).isEmpty());
      run.drain();

      ReplicaVersions.assertUndisturbed(run);
    }
  }

  private static TestingRun run(TestingProcesses processes, String name) throws Exception {
    while (processes.cluster().taskManagers() < REPLICAS) {
      processes.cluster().startTaskManager();
    }
    return new TestingRun(
        processes,
        name,
        SEED,
        1,
        Map.of("replicas", "" + REPLICAS, "registry.keep", "" + WITHIN_A_ROUND));
  }

  private static void killNowAndThen(TestingProcesses processes, TestingRun run) throws Exception {
    Random random = new Random(SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      int next = run.trainedWindows() + 1 + random.nextInt(MAX_PROGRESS);
      run.awaitTrained(Math.min(WINDOWS, next));
      processes.cluster().killTaskManager();
      processes.cluster().launchTaskManager();
    }
  }

  /** So many that each one that is retained was taken since. */
  private static void awaitCheckpoints(TestingRun run) throws Exception {
    int before = completedCheckpoints(run);
    run.observeUntil(
        "checkpoints", () -> completedCheckpoints(run) > before + RETAINED_CHECKPOINTS + 1);
  }

  private static int completedCheckpoints(TestingRun run) {
    return CheckpointStatistics.of(run).counts().completed();
  }

  /** What replicas brought by files, and what they had begun to write. */
  private static List<String> files(TestingRun run) {
    Path network =
        run.directory().resolve("models").resolve(run.settings().get(NetworkConfig.NAME));
    List<String> files = new ArrayList<>();
    for (String each : network.toFile().list()) {
      Path folder = network.resolve(each).resolve("contributions");
      files.addAll(List.of(folder.toFile().list()));
      files.addAll(List.of(folder.resolve(".writing").toFile().list()));
    }
    files.remove(".writing");
    return files;
  }
}
