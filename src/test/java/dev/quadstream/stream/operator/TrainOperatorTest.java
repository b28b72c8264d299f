package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.TestingBatches;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.ReplicaTraining;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.ParameterStore;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.TestingReports;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.TrainingDivergedException;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainOperatorTest {

  private static final int WINDOWS = 8;

  static Stream<Arguments> metricsAndUpdaters() {
    return Stream.of(MetricKind.values())
        .flatMap(
            metric ->
                Stream.of(UpdaterKind.values()).map(updater -> Arguments.of(metric, updater)));
  }

  /** The contract: n, snapshot, restore into a fresh operator, m ≡ n + m. */
  @ParameterizedTest
  @MethodSource("metricsAndUpdaters")
  void aRestoredTrainerArrivesAtTheSameBitsAsOneThatNeverStopped(
      MetricKind metric, UpdaterKind updater) throws Exception {
    PipelineSettings settings =
        TestingPipeline.settings(
            "network.metric", metric.name(), "training.updater", updater.name());
    List<TrainingBatch> batches = TestingTrainer.batches(settings, WINDOWS);
    ReplicaTraining expected;
    List<WindowReport> expectedReports;
    List<Contribution> expectedContributions;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(batches);
      expected = trainer.state();
      expectedReports = untimed(trainer.reports());
      expectedContributions = trainer.contributions();
    }
    assertThat(expected.trainer().network().iteration()).isGreaterThan(WINDOWS / 2);
    assertThat(expected.trainer().means().defined()).isTrue();
    assertThat(expectedReports.get(WINDOWS - 1).margins().alpha1()).isLessThan(1);

    // In the warm-up, and after it between two published versions.
    for (int cut : new int[] {1, 5}) {
      List<WindowReport> reports = new ArrayList<>();
      List<Contribution> contributions = new ArrayList<>();
      OperatorSubtaskState snapshot;
      try (TestingTrainer trainer = new TestingTrainer(settings)) {
        trainer.train(batches.subList(0, cut));
        snapshot = trainer.snapshot();
        reports.addAll(untimed(trainer.reports()));
        contributions.addAll(trainer.contributions());
      }
      try (TestingTrainer trainer = new TestingTrainer(settings, snapshot)) {
        trainer.train(batches.subList(cut, WINDOWS));
        reports.addAll(untimed(trainer.reports()));
        contributions.addAll(trainer.contributions());

        assertThat(trainer.state()).as("cut after %d windows", cut).isEqualTo(expected);
        assertThat(reports).isEqualTo(expectedReports);
        assertThat(contributions).isEqualTo(expectedContributions);
      }
    }
  }

  @Test
  void whatIsTooLargeForARecordIsAFileThatARestoredTrainerWritesAgainToTheBit(
      @TempDir Path registry) throws Exception {
    PipelineSettings settings = TestingPipeline.settings("registry.directory", registry.toString());
    List<TrainingBatch> batches = TestingTrainer.batches(settings, 4);
    OperatorSubtaskState snapshot;
    List<Contribution> held;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(batches);
      held = trainer.contributions();
    }
    List<StoredParameters> files;
    Path writing =
        Files.createDirectories(registry.resolve("quadstream/run-1/contributions/.writing"));
    Path leftover = Files.writeString(writing.resolve("r0.0c1e.tmp"), "of a crash");
    try (TestingTrainer trainer = new TestingTrainer(settings, null, 0)) {
      trainer.train(batches.subList(0, 3));
      snapshot = trainer.snapshot();
      trainer.train(batches.subList(3, 4));
      files = trainer.contributions().stream().map(TrainOperatorTest::stored).toList();
      assertThat(files).extracting(StoredParameters::checkpoint).containsExactly(0L, 1L);
      assertThat(leftover).doesNotExist();
    }
    ContributionStore store = new ContributionStore(settings);
    for (int round = 0; round < 2; round++) {
      Contribution part = held.get(round).with(files.get(round));
      assertThat(Rounds.NONE.with(part).complete(OuterStep.PLAIN, store))
          .isEqualTo(
              Rounds.NONE.with(held.get(round)).complete(OuterStep.PLAIN, ParameterStore.NONE));
    }
    Files.delete(registry.resolve(files.get(1).file()));
    try (TestingTrainer trainer = new TestingTrainer(settings, snapshot, 0)) {
      trainer.train(batches.subList(3, 4));

      StoredParameters again = stored(trainer.contributions().get(0));
      assertThat(again.file()).isEqualTo(files.get(1).file());
      assertThat(again.sha256()).isEqualTo(files.get(1).sha256());
      assertThat(registry.resolve(again.file())).hasSize(again.bytes());
    }
  }

  private static StoredParameters stored(Contribution contribution) {
    return (StoredParameters) contribution.parameters();
  }

  @Test
  void trainingAfterASnapshotDoesNotReachIntoIt() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    List<TrainingBatch> batches = TestingTrainer.batches(settings, 4);
    OperatorSubtaskState snapshot;
    ReplicaTraining before;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(batches.subList(0, 2));
      before = trainer.state();
      snapshot = trainer.snapshot();
      trainer.train(batches.subList(2, 4));
      assertThat(trainer.state()).isNotEqualTo(before);
    }
    try (TestingTrainer trainer = new TestingTrainer(settings, snapshot)) {
      assertThat(trainer.state()).isEqualTo(before);
    }
  }

  @Test
  void aCheckpointBeforeTheFirstBatchIsEmptyAndCanBeRestored() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    OperatorSubtaskState snapshot;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      snapshot = trainer.snapshot();
    }
    try (TestingTrainer trainer = new TestingTrainer(settings, snapshot)) {
      trainer.train(TestingTrainer.batches(settings, 1));
      assertThat(trainer.reports())
          .extracting(report -> report.identity().version())
          .containsExactly(1L);
    }
  }

  @Test
  void theReportsOfWhatLedToADivergenceAreSentBeforeTheJobFails() throws Exception {
    PipelineSettings settings =
        TestingPipeline.settings(
            "training.gradient-norm-limit", "1e-9", "training.refused-in-a-row", "2");
    List<TrainingBatch> batches = TestingTrainer.batches(settings, 2);
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      assertThatThrownBy(() -> trainer.train(batches))
          .hasRootCauseInstanceOf(TrainingDivergedException.class);

      assertThat(trainer.reports())
          .extracting(report -> report.health().refused())
          .containsExactly(1L);
    }
  }

  @Test
  void endsARoundEveryPWindowsAndOnceMoreAtTheEndOfTheInput() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(TestingTrainer.batches(settings, 5));
      assertThat(versions(trainer)).containsExactly(2L, 4L);

      trainer.endOfInput();

      assertThat(versions(trainer)).containsExactly(2L, 4L, 5L);
      Contribution last = trainer.contributions().get(2);
      assertThat(last.last().run()).isEqualTo("run-1");
      assertThat(trainer.reports())
          .hasSize(5)
          .allMatch(report -> report.identity().run().equals("run-1"));
      assertThat(last.trained()).isEqualTo(1);
      assertThat(last.figures()).containsEntry("loss", trainer.reports().get(4).loss().total());
      assertThat(last.warmingUp()).isFalse();
      assertThat(held(last).average()).isEqualTo(trainer.state().trainer().average());
      assertThat(held(last).iterate())
          .isEqualTo(trainer.state().trainer().network().parametersAlone());
    }
  }

  @Test
  void aRoundDoesNotEndTwiceAtTheEndOfTheInput() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(TestingTrainer.batches(settings, 4));
      trainer.endOfInput();
      assertThat(versions(trainer)).containsExactly(2L, 4L);
    }
  }

  @Test
  void anInputThatEndsRightAfterARestoreLeavesNothingUnpublished() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    OperatorSubtaskState snapshot;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(TestingTrainer.batches(settings, 3));
      snapshot = trainer.snapshot();
    }
    try (TestingTrainer trainer = new TestingTrainer(settings, snapshot)) {
      trainer.endOfInput();

      assertThat(versions(trainer)).containsExactly(3L);
      assertThat(trainer.contributions().get(0).last().run()).isEqualTo("run-1");
    }
  }

  @Test
  void bringsWhatTheRoundsWindowsHaveShownOfTheReleasedModelAlsoAfterARestore() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    List<TrainingBatch> batches = TestingTrainer.batches(settings, 3);
    OperatorSubtaskState snapshot;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(List.of(tested(batches.get(0), 10, 2)));
      snapshot = trainer.snapshot();
    }
    try (TestingTrainer trainer = new TestingTrainer(settings, snapshot)) {
      trainer.train(List.of(tested(batches.get(1), 12, 1), batches.get(2)));
      trainer.endOfInput();

      assertThat(trainer.contributions().get(0).tests())
          .containsExactly(
              new PairedTest(4, 2, 22, new PairedCounts(22, 3, 0), new PairedCounts(0, 0, 0)));
      assertThat(trainer.contributions().get(1).tests()).isEmpty();
    }
  }

  private static TrainingBatch tested(TrainingBatch batch, int tested, int gained) {
    return with(
        batch,
        new PairedTest(4, 2, tested, new PairedCounts(tested, gained, 0), PairedCounts.NONE));
  }

  @Test
  void aWindowThatTrainsNothingStillRaisesTheVersionAndSaysWhy() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    TrainingBatch batch = TestingTrainer.batches(settings, 1).get(0);
    TrainingBatch nothingMined =
        new TrainingBatch(
            batch.id(),
            batch.publish(),
            0,
            new TrainingBatch.Mined(batch.mined().images().subList(0, 1), 1, List.of(), 1),
            TrainingBatch.Changes.NONE,
            new TrainingBatch.Tests(new Prequential(0, 0, 1), null),
            new WindowReport.Memory(1, 1),
            Map.of(),
            List.of());
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(List.of(nothingMined));

      WindowReport report = trainer.reports().get(0);
      assertThat(report.identity().version()).isEqualTo(1);
      assertThat(report.loss().total()).isNull();
      assertThat(report.health().reason()).contains("1 images of 1 classes");
      assertThat(trainer.state().trainer().network().iteration()).isZero();
    }
  }

  /** Restarting would meet the same windows again, so the job ends, and loudly. */
  @Test
  void aRowOfRefusedWindowsFailsTheJobForGoodAndLeavesTheLastGoodModel() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    List<TrainingBatch> batches = TestingTrainer.batches(settings, 6);
    OperatorSubtaskState snapshot;
    NetworkState good;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(batches.subList(0, 2));
      good = held(trainer.contributions().get(0)).average();
      snapshot = trainer.snapshot();
    }
    PipelineSettings strict =
        TestingPipeline.settings(
            "training.gradient-norm-limit", "1e-9", "training.refused-in-a-row", "4");
    try (TestingTrainer trainer = new TestingTrainer(strict, snapshot)) {
      trainer.train(batches.subList(2, 5));
      assertThat(trainer.reports())
          .allMatch(report -> report.health().reason().contains("gradient norm"));
      assertThat(trainer.reports()).allMatch(report -> !report.health().imageIds().isEmpty());
      assertThat(held(trainer.contributions().get(0)).average()).isEqualTo(good);
      assertThat(trainer.contributions().get(0).trained()).isZero();

      assertThatThrownBy(() -> trainer.train(batches.subList(5, 6)))
          .isInstanceOf(SuppressRestartsException.class)
          .rootCause()
          .hasMessageContaining("4 windows in a row were refused, the last one window 5");
      assertThat(versions(trainer)).containsExactly(4L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "network.trunk, MEDIUM, RESIDUAL, MEDIUM, 64",
    "network.embedding-size, 16, 8, 16, 28",
    "network.metric, EUCLIDEAN, LEARNED, EUCLIDEAN, 28",
    "training.updater, SGD, ADAM, SGD, 28",
    "image.height, 32, 28, 32, 28"
  })
  void aChangeThatTheStateDoesNotFitIsRefusedAtOnceNamingOptionAndBothValues(
      String option, String value, String saved, String configured, String width) throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    OperatorSubtaskState snapshot;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(TestingTrainer.batches(settings, 1));
      snapshot = trainer.snapshot();
    }
    PipelineSettings changed =
        option.equals("network.trunk")
            ? TestingPipeline.settings(option, value, "image.height", width, "image.width", width)
            : TestingPipeline.settings(option, value);
    assertThatThrownBy(() -> new TestingTrainer(changed, snapshot))
        .rootCause()
        .hasMessageContaining(option + " = " + saved)
        .hasMessageContaining("configured with " + configured);
  }

  /**
   * Two replicas in place of one, both in this subtask: the first batches of theirs. Restored
   * without {@code --rescale}, as a job is that was stopped before they came.
   */
  @Test
  void afterAnotherNumberOfReplicasTakesOverTheyGoOnFromTheMergedModelWithFreshMoments(
      @TempDir Path directory) throws Exception {
    PipelineSettings before = TestingPipeline.settings("registry.directory", directory.toString());
    PipelineSettings after =
        TestingPipeline.settings("registry.directory", directory.toString(), "replicas", "2");
    List<TrainingBatch> batches = TestingTrainer.batches(before, 6);
    OperatorSubtaskState snapshot;
    try (TestingTrainer trainer = new TestingTrainer(before)) {
      trainer.train(batches.subList(0, 3));
      snapshot = trainer.snapshot();
    }
    OperatorSubtaskState rescaled;
    NetworkState iterate;
    try (TestingTrainer trainer = new TestingTrainer(after, snapshot)) {
      // Of the replica before, which brings what it learned up to here.
      trainer.train(batches.subList(3, 4));
      assertThat(versions(trainer)).containsExactly(4L);
      MergedModel merged =
          Rounds.NONE
              .with(trainer.contributions().get(0))
              .complete(OuterStep.PLAIN, ParameterStore.NONE)
              .orElseThrow();
      iterate = merged.parameters().iterate();
      publish(before, merged);

      trainer.train(List.of(dealtAnew(batches.get(4)), dealtAnew(batches.get(5))));

      assertThat(trainer.reports())
          .extracting(report -> report.identity().version())
          .containsExactly(4L, 6L, 6L);
      assertThat(trainer.reports().get(1).margins().warmingUp()).isFalse();
      TrainerState state = trainer.state().trainer();
      assertThat(state.network().iteration()).isEqualTo(1);
      assertThat(state.resumed()).isTrue();
      assertThat(largestStep(iterate, state.network()))
          .as("the first step on the ramp, by Adam's fresh moments")
          .isBetween(1e-6, 1e-3 / 50);
      rescaled = trainer.snapshot();
    }
    try (TestingTrainer trainer = new TestingTrainer(after, rescaled)) {
      trainer.endOfInput();
      assertThat(versions(trainer)).as("of the two, and no other").containsExactly(1L, 1L);
    }
  }

  private static TrainingBatch dealtAnew(TrainingBatch batch) {
    return new TrainingBatch(
        new WindowId(batch.id().run(), batch.id().number(), 2, 4),
        false,
        4,
        batch.mined(),
        new TrainingBatch.Changes(List.of(), batch.changes().lateLabels()),
        new TrainingBatch.Tests(batch.tests().prequential(), null),
        batch.memory(),
        batch.stageNanos(),
        List.of());
  }

  private static void publish(PipelineSettings settings, MergedModel model) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings.network())) {
      network.setParameters(model.parameters().average());
      byte[] bytes =
          ModelFile.write(
              network,
              model.parameters().iterate(),
              new ModelInfo(model.version(), 1, 0.5, MergedFacts.of(model)));
      new ModelRegistry(settings.registryDirectory())
          .publish(
              ModelManifest.draft(
                  new ModelManifest.Identity(
                      settings.get(NetworkConfig.NAME), model.run(), model.version()),
                  model.version() - 1,
                  0,
                  new ModelManifest.Network(
                      settings.network().configHash(), "small", "learned", 8, "1x28x28", null),
                  new ModelManifest.Margins(1, 0.5),
                  Map.of()),
              bytes);
    }
  }

  @Test
  void learningRateAndSeedMayChangeOnRestore() throws Exception {
    PipelineSettings settings = TestingPipeline.settings();
    List<TrainingBatch> batches = TestingTrainer.batches(settings, 3);
    OperatorSubtaskState snapshot;
    ReplicaTraining before;
    try (TestingTrainer trainer = new TestingTrainer(settings)) {
      trainer.train(batches.subList(0, 2));
      snapshot = trainer.snapshot();
      before = trainer.state();
    }
    PipelineSettings changed =
        TestingPipeline.settings(
            "training.learning-rate", "0.01", "seed", "9", "training.ramp-updates", "0");
    try (TestingTrainer trainer = new TestingTrainer(changed, snapshot)) {
      assertThat(trainer.state().trainer()).isEqualTo(before.trainer());
      trainer.train(batches.subList(2, 3));
      assertThat(largestStep(before, trainer.state()))
          .as("Adam's steps are about the learning rate")
          .isBetween(0.005, 0.1);
    }
  }

  private static double largestStep(ReplicaTraining before, ReplicaTraining after) {
    return largestStep(before.trainer().network(), after.trainer().network());
  }

  private static double largestStep(NetworkState before, NetworkState after) {
    float[] from = before.parameters("trunk");
    float[] to = after.parameters("trunk");
    double largest = 0;
    for (int i = 0; i < from.length; i++) {
      largest = Math.max(largest, Math.abs(to[i] - from[i]));
    }
    return largest;
  }

  private static TrainingBatch with(TrainingBatch batch, PairedTest paired) {
    return TestingBatches.with(batch, batch.stageNanos(), List.of(), paired);
  }

  private static TrainedParameters held(Contribution contribution) {
    return ((HeldParameters) contribution.parameters()).end();
  }

  private static List<Long> versions(TestingTrainer trainer) {
    return trainer.contributions().stream().map(Contribution::version).toList();
  }

  /** Reports without the time that their stages took, which no two runs share. */
  private static List<WindowReport> untimed(List<WindowReport> reports) {
    return reports.stream().map(TestingReports::untimed).toList();
  }
}
