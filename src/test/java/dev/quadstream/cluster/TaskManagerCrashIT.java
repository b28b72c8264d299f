package dev.quadstream.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.options.NetworkConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The TaskManager is killed in mid-stream, again and again, and nothing of it is seen in the
 * result. With {@code -Pchaos -Dchaos.kills=N} as often as wanted.
 */
@ExtendWith(TestingProcesses.Shared.class)
class TaskManagerCrashIT {

  private static final int KILLS = Integer.getInteger("chaos.kills", 4);
  private static final int KILLS_BETWEEN_LINES = 10;
  private static final long SEED = 11;
  private static final String CHECKPOINT_BEGUN = "\"in_progress\":1";
  private static final String RESTORING = "\"status\":\"INITIALIZING\"";
  private static final int MAX_PROGRESS = 25;
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(4);
  private static final Duration LONGEST_CHECKPOINT = Duration.ofMillis(60);
  private static final Duration LONGEST_RESTORE = Duration.ofMillis(800);

  /** When a TaskManager dies; within each at random. */
  private enum Moment {
    /** Whatever it is at, which may be nothing yet. */
    ANY,
    CHECKPOINT,
    /** The job is being restored, and has made no progress. */
    RESTORE,
    /** Some windows later. */
    PROGRESS
  }

  @Test
  void aJobWhoseTaskManagerIsKilledArrivesAtTheBitsOfOneThatNeverFailed(TestingProcesses processes)
      throws Exception {
    Random random = new Random(SEED);
    try (TestingRun run = new TestingRun(processes, "crash", SEED, 1, Map.of())) {
      // A second one takes over, so that the next kill need not wait for a JVM to start.
      processes.cluster().startTaskManager();
      run.start();
      List<Moment> moments = new ArrayList<>();
      for (int kill = 1; kill <= KILLS; kill++) {
        if (moments.isEmpty()) {
          moments.addAll(Arrays.asList(Moment.values()));
          Collections.shuffle(moments, random);
        }
        Moment moment = moments.remove(0);
        await(moment, run, random);
        if (kill % KILLS_BETWEEN_LINES == 0) {
          System.err.printf(
              "%d of %d kills, %d windows trained%n", kill, KILLS, run.trainedWindows());
        }
        processes.cluster().killTaskManager();
        processes.cluster().launchTaskManager();
      }
      run.awaitTrained(run.sentWindows());
      RunOutcome outcome = RunOutcome.of(run, KILLS, run.drain());
      System.out.println(new String(JsonMessages.write(outcome), UTF_8));

      assertThat(outcome)
          .as("seed %d", SEED)
          .isEqualTo(RunOutcome.flawless(KILLS, run.sentWindows()));
      // The newest, and those of three checkpoints and the savepoint, with three windows each. What
      // was killed before its first checkpoint began anew as another run.
      List<ModelManifest> models =
          new ModelRegistry(run.settings().registryDirectory())
              .list(run.settings().get(NetworkConfig.NAME));
      String lastRun = models.get(models.size() - 1).identity().run();
      assertThat(models)
          .filteredOn(model -> model.identity().run().equals(lastRun))
          .hasSizeLessThan(30);
    }
  }

  private static void await(Moment moment, TestingRun run, Random random) throws Exception {
    int before = run.trainedWindows();
    switch (moment) {
      case ANY -> run.feedFor(upTo(LONGEST_LIFE, random));
      case CHECKPOINT -> {
        run.feedUntil("a window trained", () -> run.trainedWindows() > before);
        run.feedUntil("a checkpoint", () -> run.ask("/checkpoints").contains(CHECKPOINT_BEGUN));
        run.feedFor(upTo(LONGEST_CHECKPOINT, random));
      }
      case RESTORE -> {
        run.feedUntil(
            "a restore", () -> run.ask("").contains(RESTORING) || run.trainedWindows() > before);
        run.feedFor(upTo(LONGEST_RESTORE, random));
      }
      case PROGRESS -> {
        int windows = 1 + random.nextInt(MAX_PROGRESS);
        run.feedUntil("windows trained", () -> run.trainedWindows() >= before + windows);
      }
    }
  }

  private static Duration upTo(Duration longest, Random random) {
    return Duration.ofMillis(random.nextInt(Math.toIntExact(longest.toMillis())));
  }
}
