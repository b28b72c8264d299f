package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.network.MetricKind;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.ImageWindow;
import dev.quadstream.stream.format.ShardBatch;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.Shards;
import dev.quadstream.training.TrainingBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With P = 2 and L = 1: windows 0 to 2 want version 0, 3 and 4 want 2, 5 and 6 want 4. */
class AssembleFunctionTest {

  @TempDir Path directory;

  private PipelineSettings settings;

  @BeforeEach
  void useRegistryOfItsOwn() {
    settings = settings("mining.waiting-windows", "3");
  }

  private PipelineSettings settings(String key, String value) {
    return TestingPipeline.settings("registry.directory", directory.toString(), key, value);
  }

  @Test
  void theFirstWindowsAreMinedWithTheInitialNetworkAndNumberedInOrder() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);
      assertThat(assembler.batches()).allMatch(batch -> batch.miningVersion() == 0);
      assertThat(assembler.output()).extracting(ShardBatch::run).containsOnly(run(assembler));
      assertThat(assembler.batches().get(2).quadruplets()).isNotEmpty();
      assertThat(assembler.batches().get(2).prequential().tested()).isPositive();
    }
  }

  @Test
  void aWindowWaitsForItsModelAndGoesOutWhenTheManifestArrives() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 6);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);
      assertThat(assembler.state(0).waiting())
          .extracting(ImageWindow::window)
          .containsExactly(3L, 4L, 5L);

      assembler.model(0, 2);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(assembler.batches().subList(3, 5)).allMatch(batch -> batch.miningVersion() == 2);
      assertThat(assembler.state(0).waiting()).extracting(ImageWindow::window).containsExactly(5L);
    }
  }

  @Test
  void aWindowIsNeverMinedWithANewerModelThanItsNumberAsksFor() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 1);
      assembler.model(0, 2);
      assembler.model(0, 4);
      feed(assembler, 1, 7);

      assertThat(assembler.batches())
          .extracting(TrainingBatch::miningVersion)
          .containsExactly(0L, 0L, 0L, 2L, 2L, 4L, 4L);
    }
  }

  @Test
  void modelsOfAnotherRunAndOfAnotherShardAreLeftAlone() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      assembler.manifest(TestingAssembler.publish(settings, "an-earlier-run", 0, 2));
      assembler.manifest(TestingAssembler.publish(settings, run(assembler), 1, 2));

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);

      assembler.model(0, 2);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L);
    }
  }

  @Test
  void beyondTheWindowsThatMayWaitTheOldestAwaitsItsModelInTheRegistry() throws Exception {
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.waiting-windows", "1"))) {
      feed(assembler, 0, 4);
      FutureTask<Void> next =
          new FutureTask<>(
              () -> {
                assembler.window(0, 4);
                return null;
              });
      Thread subtask = new Thread(next, "subtask");
      subtask.start();
      await().until(() -> subtask.getState() == Thread.State.TIMED_WAITING);
      assertThat(next).isNotDone();

      TestingAssembler.publish(settings, assembler.output().get(0).run(), 0, 2);
      next.get(1, TimeUnit.MINUTES);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L);
      assertThat(assembler.batches().get(3).miningVersion()).isEqualTo(2);
      assertThat(assembler.state(0).waiting()).hasSize(1);
    }
  }

  @Test
  void atTheEndOfTheInputWaitingWindowsGoOutInOrderWithTheirOwnModels() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 6);
      TestingAssembler.publish(settings, run(assembler), 0, 2);
      TestingAssembler.publish(settings, run(assembler), 0, 4);

      assembler.endOfInput();

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      assertThat(assembler.batches().get(4).miningVersion()).isEqualTo(2);
      assertThat(assembler.batches().get(5).miningVersion()).isEqualTo(4);
      assertThat(assembler.state(0).waiting()).isEmpty();
    }
  }

  /** Of this run, at the place of a model that is not there: as true as one can forge it. */
  @Test
  void aForgedManifestIsRefusedAndTheTrueOneThatFollowsIsTaken() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      assembler.manifest(
          TestingAssembler.forged(
              TestingAssembler.publish(settings, "elsewhere", 0, 2), run(assembler), 2));
      feed(assembler, 4, 5);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);

      assembler.model(0, 2);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(assembler.batches().get(4).miningVersion()).isEqualTo(2);
    }
  }

  @Test
  void aForgedManifestThatHidesTheTrueOneGivesWayToThatOfTheRegistry() throws Exception {
    List<TrainingBatch> expected;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      assembler.model(0, 2);
      feed(assembler, 3, 4);
      expected = assembler.batches();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      ModelManifest published = TestingAssembler.publish(settings, run(assembler), 0, 2);
      assembler.manifest(published);
      // The model of another version, whole and with its true checksum.
      ModelManifest another = TestingAssembler.publish(settings, run(assembler), 0, 4);
      assembler.manifest(TestingAssembler.forged(another, run(assembler), 2));
      feed(assembler, 3, 4);

      assertThat(assembler.batches()).isEqualTo(expected);
    }
  }

  @Test
  void aForgedManifestOfAVersionFarAheadHoldsNothingUp() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      assembler.manifest(
          TestingAssembler.forged(
              TestingAssembler.publish(settings, "elsewhere", 0, 2),
              run(assembler),
              Long.MAX_VALUE));
      assembler.model(0, 2);
      feed(assembler, 4, 6);
      assembler.model(0, 4);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }
  }

  @Test
  void aDamagedModelIsNoForgeryButAnErrorThatNamesTheRegistry() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      ModelManifest published = TestingAssembler.publish(settings, run(assembler), 0, 2);
      Files.delete(directory.resolve(published.file().path()));
      assembler.manifest(published);

      assertThatThrownBy(() -> feed(assembler, 3, 4))
          .isInstanceOf(RegistryException.class)
          .hasMessageContaining("Option registry.directory = ")
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("is missing");
    }
  }

  @Test
  void aRemovalTakesTheImageOutOfTheMemoryAndTellsTheTrainer() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 1);
      String id = TestingPipeline.window(0, 0).events().get(3).id();
      List<ImageEvent> events = new ArrayList<>(TestingPipeline.window(0, 1).events());
      events.add(4, ImageEvent.removed(id));
      assembler.window(new ImageWindow(0, -1, events, 0));

      assertThat(assembler.batches().get(1).removedIds()).containsExactly(id);
      assertThat(assembler.state(0).memory().exemplars())
          .extracting(exemplar -> exemplar.image().id())
          .isNotEmpty()
          .doesNotContain(id);
    }
  }

  @Test
  void theBatchTellsHowLongItsImagesTookToDecodeAndToCollect() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      List<ImageEvent> events =
          TestingPipeline.window(0, 0).events().stream()
              .map(event -> ImageEvent.arrived(event.image(), 1_000))
              .toList();
      assembler.window(new ImageWindow(0, -1, events, 77));

      assertThat(assembler.output().get(0).batch().stageNanos())
          .containsEntry("decode", 1_000L * events.size())
          .containsEntry("window", 77L)
          .containsKeys("embed", "mine");
    }
  }

  @Test
  void aWindowOfNothingButRemovalsTakesThemOutAndTrainsNothing() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 2);
      List<ImageEvent> removals =
          TestingPipeline.window(0, 0).events().stream()
              .map(event -> ImageEvent.removed(event.id()))
              .toList();
      assembler.window(new ImageWindow(0, -1, removals, 0));

      TrainingBatch batch = assembler.batches().get(2);
      assertThat(batch.removedIds()).hasSameSizeAs(removals);
      assertThat(batch.windowImages()).isZero();
      assertThat(assembler.state(0).memory().exemplars())
          .extracting(exemplar -> exemplar.image().id())
          .doesNotContainAnyElementsOf(removals.stream().map(ImageEvent::id).toList());
    }
  }

  /** The contract: n, snapshot, restore into a fresh operator, m ≡ n + m. */
  @ParameterizedTest
  @EnumSource(MetricKind.class)
  void aRestoredAssemblerContinuesAsIfNothingHadHappened(MetricKind metric) throws Exception {
    settings = settings("network.metric", metric.name());
    List<Step> steps =
        List.of(
            window(0), window(1), window(2), window(3), window(4), model(2), window(5), model(4),
            window(6), window(7), window(8), model(6), model(8), window(9));
    List<TrainingBatch> expected;
    byte[] expectedState;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(steps, assembler);
      expected = assembler.batches();
      expectedState = assembler.stateBytes(0);
    }
    assertThat(expected).hasSize(10);

    // With and without waiting windows, before, between and after the models that they want.
    for (int cut : new int[] {1, 4, 5, 6, 8, 11, 12}) {
      List<TrainingBatch> batches = new ArrayList<>();
      OperatorSubtaskState snapshot;
      String run;
      try (TestingAssembler assembler = new TestingAssembler(settings)) {
        run(steps.subList(0, cut), assembler);
        snapshot = assembler.snapshot();
        run = run(assembler);
        batches.addAll(assembler.batches());
      }
      try (TestingAssembler assembler = new TestingAssembler(settings, 1, 0, snapshot)) {
        run(steps.subList(cut, steps.size()), assembler);
        batches.addAll(assembler.batches());

        assertThat(batches).as("cut after step %d", cut).isEqualTo(expected);
        assertThat(assembler.stateBytes(0)).as("cut after step %d", cut).isEqualTo(expectedState);
        assertThat(run(assembler)).isEqualTo(run);
      }
    }
  }

  @Test
  void whatTheOperatorDoesAfterASnapshotDoesNotReachIntoIt() throws Exception {
    OperatorSubtaskState snapshot;
    byte[] state;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      state = assembler.stateBytes(0);
      snapshot = assembler.snapshot();
      assembler.model(0, 2);
      feed(assembler, 4, 5);
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, 1, 0, snapshot)) {
      assertThat(assembler.stateBytes(0)).isEqualTo(state);
    }
  }

  /**
   * Models that were published between the checkpoint and the crash lie on the topic and arrive at
   * once, before the windows that they were made from.
   */
  @Test
  void afterARestoreModelsFromBeforeTheCrashDoNotMakeAWindowWaitForOneThatIsNeverSentAgain()
      throws Exception {
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      assembler.model(0, 2);
      feed(assembler, 3, 4);
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, 1, 0, snapshot)) {
      assembler.model(0, 4);
      assembler.model(0, 6);
      assembler.model(0, 8);

      feed(assembler, 4, 6);

      assertThat(assembler.windows()).containsExactly(4L, 5L);
      assertThat(assembler.batches())
          .extracting(TrainingBatch::miningVersion)
          .containsExactly(2L, 4L);
    }
  }

  /** By P = 2 up to version 6, which window 5 leads to, and from there by P = 3. */
  @Test
  void anotherPublishingIntervalHoldsFromTheFirstWindowThatHadNoNumberYet() throws Exception {
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 6);
      assertThat(assembler.state(0).waiting()).hasSize(3);
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("publish.every", "3"), 1, 0, snapshot)) {
      assembler.model(0, 2);
      assembler.model(0, 4);
      feed(assembler, 6, 8);
      assembler.model(0, 6);
      snapshot = assembler.snapshot();

      assertThat(miningVersions(assembler)).containsExactly(2L, 2L, 4L, 4L, 6L);
      assertThat(versionsToPublish(assembler)).containsExactly(4L, 6L);
    }
    // And the schedule is part of the state.
    try (TestingAssembler assembler =
        new TestingAssembler(settings("publish.every", "3"), 1, 0, snapshot)) {
      feed(assembler, 8, 10);
      assembler.model(0, 9);
      feed(assembler, 10, 12);

      assertThat(miningVersions(assembler)).containsExactly(6L, 6L, 9L, 9L);
      assertThat(versionsToPublish(assembler)).containsExactly(9L, 12L);
    }
  }

  @Test
  void anotherStalenessHoldsAtOnceAlsoForWindowsThatWait() throws Exception {
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 5);
      assembler.model(0, 2);
      feed(assembler, 5, 6);
      snapshot = assembler.snapshot();
      assertThat(assembler.state(0).waiting()).extracting(ImageWindow::window).containsExactly(5L);
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.staleness", "3"), 1, 0, snapshot)) {
      feed(assembler, 6, 7);

      assertThat(miningVersions(assembler)).containsExactly(2L, 2L);
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.staleness", "0"), 1, 0, snapshot)) {
      assembler.model(0, 4);
      feed(assembler, 6, 7);
      assembler.model(0, 6);

      assertThat(miningVersions(assembler)).containsExactly(4L, 6L);
    }
  }

  @Test
  void anotherMiningPolicyHoldsForTheNextWindow() throws Exception {
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 2);
      snapshot = assembler.snapshot();
    }
    List<TrainingBatch> batches = new ArrayList<>();
    for (String policy : new String[] {"SEMI_HARD", "RANDOM"}) {
      try (TestingAssembler assembler =
          new TestingAssembler(settings("mining.policy", policy), 1, 0, snapshot)) {
        feed(assembler, 2, 3);
        batches.addAll(assembler.batches());
      }
    }
    assertThat(batches.get(0).images()).isEqualTo(batches.get(1).images());
    assertThat(batches.get(0).quadruplets()).isNotEqualTo(batches.get(1).quadruplets());
  }

  @Test
  void shardsKeepTheirStateWhenTheyMoveBetweenSubtasks() throws Exception {
    PipelineSettings twoShards = settings("shards", "2");
    List<List<TrainingBatch>> expected = new ArrayList<>();
    try (TestingAssembler assembler = new TestingAssembler(twoShards)) {
      feedBoth(assembler, 0, 6);
      expected.add(batchesOf(0, assembler));
      expected.add(batchesOf(1, assembler));
    }
    assertThat(expected.get(0)).hasSize(5).isNotEqualTo(expected.get(1));

    for (int parallelismAfter : new int[] {1, 2}) {
      int parallelismBefore = 3 - parallelismAfter;
      List<List<TrainingBatch>> batches = List.of(new ArrayList<>(), new ArrayList<>());
      OperatorSubtaskState snapshot = firstHalf(twoShards, parallelismBefore, batches);
      for (int subtask = 0; subtask < parallelismAfter; subtask++) {
        OperatorSubtaskState part =
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                snapshot, Shards.MAX_PARALLELISM, parallelismBefore, parallelismAfter, subtask);
        try (TestingAssembler assembler =
            new TestingAssembler(twoShards, parallelismAfter, subtask, part)) {
          for (int shard = 0; shard < 2; shard++) {
            if (parallelismAfter == 1 || shard == subtask) {
              feed(shard, assembler, 3, 6);
              batches.get(shard).addAll(batchesOf(shard, assembler));
            }
          }
        }
      }
      assertThat(batches)
          .as("%d subtasks to %d", parallelismBefore, parallelismAfter)
          .isEqualTo(expected);
    }
  }

  private static OperatorSubtaskState firstHalf(
      PipelineSettings twoShards, int parallelism, List<List<TrainingBatch>> batches)
      throws Exception {
    OperatorSubtaskState[] parts = new OperatorSubtaskState[parallelism];
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (TestingAssembler assembler =
          new TestingAssembler(twoShards, parallelism, subtask, null)) {
        for (int shard = 0; shard < 2; shard++) {
          if (parallelism == 1 || shard == subtask) {
            feed(shard, assembler, 0, 3);
            batches.get(shard).addAll(batchesOf(shard, assembler));
          }
        }
        parts[subtask] = assembler.snapshot();
      }
    }
    return AbstractStreamOperatorTestHarness.repackageState(parts);
  }

  private static void feedBoth(TestingAssembler assembler, int from, int to) throws Exception {
    feed(0, assembler, from, to);
    feed(1, assembler, from, to);
  }

  /** Windows of one shard, and version 2 as soon as a window waits for it. */
  private static void feed(int shard, TestingAssembler assembler, int from, int to)
      throws Exception {
    for (int number = from; number < to; number++) {
      assembler.window(shard, number);
      if (number == 4) {
        assembler.model(shard, 2);
      }
    }
  }

  private static void feed(TestingAssembler assembler, int from, int to) throws Exception {
    for (int number = from; number < to; number++) {
      assembler.window(0, number);
    }
  }

  private static List<Long> miningVersions(TestingAssembler assembler) {
    return assembler.batches().stream().map(TrainingBatch::miningVersion).toList();
  }

  private static List<Long> versionsToPublish(TestingAssembler assembler) {
    return assembler.output().stream()
        .filter(ShardBatch::publish)
        .map(batch -> batch.batch().window() + 1)
        .toList();
  }

  private static List<TrainingBatch> batchesOf(int shard, TestingAssembler assembler) {
    return assembler.batches().stream().filter(batch -> batch.shard() == shard).toList();
  }

  private static String run(TestingAssembler assembler) throws Exception {
    return assembler.state(0).run();
  }

  /** Something that happens to the operator. */
  private interface Step {
    void on(TestingAssembler assembler) throws Exception;
  }

  private static Step window(long number) {
    return assembler -> assembler.window(0, number);
  }

  private static Step model(long version) {
    return assembler -> assembler.model(0, version);
  }

  private static void run(List<Step> steps, TestingAssembler assembler) throws Exception {
    for (Step step : steps) {
      step.on(assembler);
    }
  }
}
