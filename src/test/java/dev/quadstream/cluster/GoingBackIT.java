package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.options.NetworkConfig;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A run is set back to an older savepoint while what it published since is still there. */
@ExtendWith(TestingProcesses.Shared.class)
class GoingBackIT {

  private static final long SEED = 29;
  private static final int REPLICAS = 2;

  /** In no round's end, nor where each replica has as many. */
  private static final int BEFORE = 15;

  private static final int IN_ALL = 48;
  private static final String USUAL = "0.001";
  private static final String HIGH = "0.01";

  @Test
  void nothingOfWhatWasGivenUpReachesTheModelsThatComeAfter(TestingProcesses processes)
      throws Exception {
    while (processes.cluster().taskManagers() < REPLICAS) {
      processes.cluster().startTaskManager();
    }
    Map<String, String> options = Map.of("replicas", "" + REPLICAS, "registry.keep", "" + IN_ALL);
    try (TestingRun run = new TestingRun(processes, "back", SEED, 1, options)) {
      run.sendWindows(BEFORE);
      run.start();
      run.awaitTrained(BEFORE);
      String savepoint = run.stopWithSavepoint();
      run.sendWindows(IN_ALL - BEFORE);

      Map<Long, String> first = publishedFrom(run, savepoint, USUAL);
      Map<Long, String> givenUp = publishedFrom(run, savepoint, HIGH);
      Map<Long, String> again = publishedFrom(run, savepoint, USUAL);

      assertThat(first).as("seed %d", SEED).hasSizeGreaterThan(2);
      assertThat(givenUp.keySet()).isEqualTo(first.keySet());
      assertThat(givenUp.values()).doesNotContainAnyElementsOf(first.values());
      assertThat(again).as("seed %d", SEED).isEqualTo(first);
    }
  }

  /** The models after the savepoint, by version, of a job that goes on from it. */
  private static Map<Long, String> publishedFrom(
      TestingRun run, String savepoint, String learningRate) throws Exception {
    run.change(Map.of("training.learning-rate", learningRate));
    run.startFrom(savepoint);
    String job = run.job().id();
    run.observeUntil("version " + IN_ALL, () -> published(run, job).containsKey((long) IN_ALL));
    run.job().cancel();
    await().atMost(TestingRun.PATIENCE).until(() -> run.job().hasEnded());
    return published(run, job);
  }

  private static Map<Long, String> published(TestingRun run, String job) {
    Map<Long, String> models = new TreeMap<>();
    for (ModelManifest model :
        new ModelRegistry(run.settings().registryDirectory())
            .list(run.settings().get(NetworkConfig.NAME))) {
      if (job.equals(model.job())) {
        models.put(model.identity().version(), model.file().sha256());
      }
    }
    return models;
  }
}
