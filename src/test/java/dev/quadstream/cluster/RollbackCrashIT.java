package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.Release;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.options.NetworkConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The TaskManager is killed while a rollback is carried out: the pointer ends where the command
 * said, stays there, and training never knows of either.
 */
@Tag("long")
@ExtendWith(TestingProcesses.Shared.class)
class RollbackCrashIT {

  private static final long SEED = 23;
  private static final int ROLLBACKS = 4;

  /** Between the command and the kill, at most: the command is read within some of it. */
  private static final int LONGEST_LIFE_MILLIS = 400;

  private static final int VERSIONS_BETWEEN = 3;

  @Test
  void thePointerEndsWhereARollbackSaidThoughItsTaskManagerIsKilledMeanwhile(
      TestingProcesses processes) throws Exception {
    Random random = new Random(SEED);
    Map<String, String> options = Map.of("release.policy", "every", "registry.keep", "1000");
    try (TestingRun run = new TestingRun(processes, "rollback", SEED, 1, options)) {
      processes.cluster().startTaskManager();
      run.start();
      // What is killed before its first checkpoint begins anew as another run.
      run.feedUntil("a checkpoint", () -> CheckpointStatistics.of(run).counts().completed() > 0);
      for (int rollback = 1; rollback <= ROLLBACKS; rollback++) {
        awaitVersions(run);
        ModelManifest target = earlierThanLive(run, random);
        run.sendReleaseCommand(
            ReleaseCommand.Action.ROLLBACK, target, newest(models(run)).identity().version());
        run.feedFor(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MILLIS)));
        processes.cluster().killTaskManager();
        processes.cluster().launchTaskManager();

        run.feedUntil(
            "the pointer at v" + target.identity().version(),
            () -> live(run).decision().held() && isLive(target, run));
        awaitVersions(run);
        assertThat(live(run).identity())
            .as("live after newer versions, rollback %d, seed %d", rollback, SEED)
            .isEqualTo(target.identity());
        run.sendReleaseCommand(
            ReleaseCommand.Action.UNPIN, target, newest(models(run)).identity().version());
        run.feedUntil(
            "the policy decides again", () -> !live(run).decision().held() && !isLive(target, run));
      }
      run.awaitTrained(run.sentWindows());

      assertThat(RunOutcome.of(run, ROLLBACKS, run.drain()))
          .as("seed %d", SEED)
          .isEqualTo(RunOutcome.flawless(ROLLBACKS, run.sentWindows()));
      ReleaseDecision last = newest(models(run)).release();
      assertThat(last.quarantined()).as("what was rolled back").hasSize(ROLLBACKS);
      assertThat(last.live()).as("live in the end").isNotIn(last.quarantined());
    }
  }

  private static void awaitVersions(TestingRun run) throws Exception {
    long before = newest(models(run)).identity().version();
    run.feedUntil(
        "newer versions",
        () ->
            models(run).stream().filter(model -> model.identity().version() > before).count()
                >= VERSIONS_BETWEEN);
  }

  /** One of those that were live not long ago. */
  private static ModelManifest earlierThanLive(TestingRun run, Random random) {
    List<ModelManifest> models = models(run);
    ReleaseDecision decision = newest(models).release();
    List<ModelManifest> earlier =
        models.stream()
            .filter(model -> model.identity().version() < decision.live())
            .filter(model -> !decision.quarantined().contains(model.identity().version()))
            .toList();
    return earlier.get(
        earlier.size() - 1 - random.nextInt(Math.min(VERSIONS_BETWEEN, earlier.size())));
  }

  private static List<ModelManifest> models(TestingRun run) {
    return new ModelRegistry(run.settings().registryDirectory())
        .list(run.settings().get(NetworkConfig.NAME));
  }

  private static ModelManifest newest(List<ModelManifest> models) {
    return models.get(models.size() - 1);
  }

  private static boolean isLive(ModelManifest model, TestingRun run) {
    return live(run).identity().equals(model.identity());
  }

  private static Release live(TestingRun run) {
    List<Release> releases = run.releases();
    return releases.get(releases.size() - 1);
  }
}
