package dev.quadstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.stream.TestingJobs;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.WindowReport;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A run is stopped with a savepoint and goes on from it under other options. */
@ExtendWith(TestingProcesses.Shared.class)
class SavepointIT {

  private static final long SEED = 13;
  private static final int WINDOWS = 16;
  private static final int CHANGED_INTERVAL = 2;

  @Test
  void aRunGoesOnFromItsSavepointUnderChangedOptionsAndRefusesThoseThatCannotChange(
      TestingProcesses processes) throws Exception {
    try (TestingRun run = new TestingRun(processes, "savepoint", SEED, 1, Map.of())) {
      run.sendWindows(WINDOWS);
      run.start();
      run.awaitTrained(WINDOWS);
      String savepoint = run.stopWithSavepoint();
      TrainerState stopped = TestingJobs.trainerIn(run.settings(), savepoint);
      assertThat(stopped).as("seed %d", SEED).isEqualTo(RunOutcome.undisturbed(run).state());

      assertRefused(
          run,
          savepoint,
          Map.of("network.embedding-size", "32"),
          "network.embedding-size = 16 and the job is configured with 32.");
      assertRefused(
          run,
          savepoint,
          Map.of("network.metric", "euclidean"),
          "network.metric = LEARNED and the job is configured with EUCLIDEAN.");
      assertRefused(
          run,
          savepoint,
          Map.of("network.trunk", "medium", "image.height", "64", "image.width", "64"),
          "network.trunk = RESIDUAL and the job is configured with MEDIUM.");

      run.sendWindows(WINDOWS);
      TrainerState unchanged = RunOutcome.undisturbed(run).state();
      long lastBefore = lastPublished(run);
      run.change(
          Map.of(
              "mining.policy",
              "random",
              "training.learning-rate",
              "0.0005",
              "publish.every",
              Integer.toString(CHANGED_INTERVAL)));
      run.startFrom(savepoint);
      run.awaitTrained(2 * WINDOWS);
      TrainerState changed = TestingJobs.trainerIn(run.settings(), run.drain());

      List<WindowReport> reports = run.reports(2 * WINDOWS);
      assertThat(reports)
          .extracting(report -> report.identity().window())
          .isEqualTo(LongStream.range(0, 2 * WINDOWS).boxed().toList());
      assertThat(reports)
          .allMatch(report -> report.identity().version() == report.identity().window() + 1);
      assertThat(changed.version()).isEqualTo(2 * WINDOWS);
      assertThat(changed.network().iteration()).isEqualTo(unchanged.network().iteration());
      assertThat(changed.network())
          .as("the changed options hold")
          .isNotEqualTo(unchanged.network());
      assertThat(publishedVersions(run).filter(version -> version > lastBefore))
          .as("versions after the change")
          .containsExactlyElementsOf(
              LongStream.rangeClosed(lastBefore + 1, 2 * WINDOWS)
                  .filter(version -> (version - lastBefore) % CHANGED_INTERVAL == 0)
                  .boxed()
                  .toList());
    }
  }

  private static long lastPublished(TestingRun run) {
    return publishedVersions(run).mapToLong(Long::longValue).max().orElseThrow();
  }

  private static Stream<Long> publishedVersions(TestingRun run) {
    return run.manifests().stream().map(manifest -> manifest.identity().version()).distinct();
  }

  private static void assertRefused(
      TestingRun run, String savepoint, Map<String, String> changes, String reason)
      throws Exception {
    PipelineSettings before = run.settings();
    run.change(changes);
    run.startFrom(savepoint);
    await("end of the job").atMost(TestingRun.PATIENCE).until(() -> run.job().hasEnded());
    assertThatThrownBy(() -> run.job().await()).hasStackTraceContaining(reason);
    run.use(before);
  }
}
