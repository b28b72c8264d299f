package dev.quadstream.stream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.network.MetricKind;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.RegistryException;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With P = 2 and L = 1: windows 0 to 2 want version 0, 3 and 4 want 2, 5 and 6 want 4. */
class AssembleOperatorTest {

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
  void theFirstWindowsAreMinedWithTheInitialNetwork() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);
      assertThat(assembler.batches()).allMatch(batch -> batch.miningVersion() == 0);
      assertThat(assembler.output())
          .extracting(batch -> batch.id().run())
          .containsOnly(TestingPipeline.RUN);
      assertThat(assembler.batches().get(2).mined().quadruplets()).isNotEmpty();
      assertThat(assembler.batches().get(2).tests().prequential().tested()).isPositive();
    }
  }

  @Test
  void aWindowWaitsForItsModelAndGoesOutWhenTheManifestArrives() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 6);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);
      assertThat(assembler.state().waiting())
          .extracting(window -> window.id().number())
          .containsExactly(3L, 4L, 5L);

      assembler.model(2);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(assembler.batches().subList(3, 5)).allMatch(batch -> batch.miningVersion() == 2);
      assertThat(assembler.state().waiting())
          .extracting(window -> window.id().number())
          .containsExactly(5L);
    }
  }

  @Test
  void aWindowIsNeverMinedWithANewerModelThanItsNumberAsksFor() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 1);
      assembler.model(2);
      assembler.model(4);
      feed(assembler, 1, 7);

      assertThat(assembler.batches())
          .extracting(TrainingBatch::miningVersion)
          .containsExactly(0L, 0L, 0L, 2L, 2L, 4L, 4L);
    }
  }

  /** An image of another size than the network's stands for what fails each time. */
  @Test
  void aWindowThatFailsEachTimeIsGivenUpAndItsImagesAreDeadLettersWithTheCause() throws Exception {
    ImageWindow window = TestingPipeline.window(settings, 0);
    List<ImageEvent> events = new ArrayList<>(window.events());
    LabeledImage misfit =
        new LabeledImage("misfit", "x", 7, new PixelImage(new ImageShape(1, 8, 8), new byte[64]));
    events.add(ImageEvent.arrived(misfit).at(new RecordPlace(1, 99, 100, 0, 0)));
    events.add(ImageEvent.removed("gone"));
    events.add(ImageEvent.removed("asked"));
    events.add(ImageEvent.replaced("asked", new RecordPlace(1, 98, 99, 0, 1)));
    ImageWindow failing =
        new ImageWindow(
            window.id(), window.publishing(), events, window.remoteChanges(), 0, List.of());
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      assertThatThrownBy(() -> assembler.window(failing)).isInstanceOf(RuntimeException.class);
    }
    try (TestingAssembler assembler = TestingAssembler.givingUp(settings)) {
      assembler.window(failing);
      assembler.window(1);

      assertThat(assembler.windows()).containsExactly(0L, 1L);
      assertThat(assembler.output().get(0).mined().images()).isEmpty();
      assertThat(assembler.output().get(0).changes().removedIds()).containsExactly("gone");
      assertThat(assembler.output().get(1).mined().images()).isNotEmpty();
      List<DeadLetter> letters = assembler.deadLetters();
      assertThat(letters).hasSize(events.size() - 3);
      assertThat(letters).allMatch(letter -> letter.errorClass().equals("window-failed"));
      assertThat(letters.get(letters.size() - 1).source().position()).isEqualTo("images-1-99");
      assertThat(letters.get(0).errorMessage()).contains("Window 0", "Exception");
    }
  }

  /** Three replicas, then one, all in this subtask; windows 6 and on want version 6. */
  @Test
  void afterAnotherNumberOfReplicasTakesOverItHasTheMemoriesAndWaitsForTheLastModelOfThose()
      throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      assembler.model(6);
      for (long number = 0; number < 3; number++) {
        assembler.window(dealt(number, new WindowId(TestingPipeline.RUN, number, 3, 0)));
      }
      Set<String> remembered = new HashSet<>();
      for (int replica = 0; replica < 3; replica++) {
        remembered.addAll(ids(assembler.state(replica, 3).memory()));
      }
      assertThat(remembered).hasSize(30);

      assembler.window(dealt(6, new WindowId(TestingPipeline.RUN, 6, 1, 6)));

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 6L);
      assertThat(assembler.batches().get(3).miningVersion()).isEqualTo(6);
      assertThat(assembler.batches().get(3).memory().size()).isEqualTo(24);
      assertThat(ids(assembler.state(0, 1).memory()))
          .hasSize(24)
          .doesNotHaveDuplicates()
          .containsAnyElementsOf(remembered);
      Set<Integer> left = new HashSet<>(List.of(ReplicaKeys.of(0, 1)));
      for (int replica = 0; replica < 3; replica++) {
        if (assembler.state(replica, 3) != null) {
          left.add(ReplicaKeys.of(replica, 3));
        }
      }
      assertThat(left).containsExactly(ReplicaKeys.of(0, 1));
    }
  }

  @Test
  void aWindowOfNewReplicasWaitsUntilThoseBeforeHaveEndedTheirRoundAlsoAtTheEnd() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      assembler.window(dealt(0, new WindowId(TestingPipeline.RUN, 0, 3, 0)));
      assembler.window(dealt(6, new WindowId(TestingPipeline.RUN, 6, 1, 6)));
      assertThat(assembler.windows()).containsExactly(0L);

      TestingAssembler.publish(settings, TestingPipeline.RUN, 6);
      assembler.endOfInput();

      assertThat(assembler.windows()).containsExactly(0L, 6L);
    }
  }

  private ImageWindow dealt(long number, WindowId id) {
    ImageWindow window = TestingPipeline.window(settings, number);
    return new ImageWindow(
        id, window.publishing(), window.events(), window.remoteChanges(), 0, List.of());
  }

  private static List<String> ids(ExemplarMemory memory) {
    return memory.exemplars().stream().map(exemplar -> exemplar.image().id()).toList();
  }

  @Test
  void modelsOfAnotherRunAreLeftAlone() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      assembler.manifest(TestingAssembler.publish(settings, "an-earlier-run", 2));

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);

      assembler.model(2);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L);
    }
  }

  @Test
  void beyondTheWindowsThatMayWaitOneIsHeldBackUntilTheRegistryHasTheOldestsModel()
      throws Exception {
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.waiting-windows", "1"))) {
      feed(assembler, 0, 4);
      CompletableFuture<Void> published =
          CompletableFuture.runAsync(
              () -> TestingAssembler.publish(settings, TestingPipeline.RUN, 2),
              CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));

      assembler.window(4);

      assertThat(published).isDone();
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(assembler.batches().get(4).miningVersion()).isEqualTo(2);
    }
  }

  /** So that a barrier behind it gets its turn. */
  @Test
  void aWindowIsHeldBackForATimeThatGrowsWithThoseThatWaitAndThenWaitsWithThem() throws Exception {
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.waiting-windows", "1"))) {
      feed(assembler, 0, 4);
      long first = millisOf(() -> assembler.window(4));
      long second = millisOf(() -> assembler.window(5));

      assertThat(first).isGreaterThanOrEqualTo(1_000);
      assertThat(second).isGreaterThanOrEqualTo(2_000);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);
      assertThat(assembler.state().waiting()).hasSize(3);

      assembler.model(2);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L);
    }
  }

  @Test
  void aWaitEndsAlsoWhereACheckpointThatIsStillWrittenHasPassedDuringIt() throws Exception {
    OperatorSubtaskState crowded;
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.waiting-windows", "20"))) {
      feed(assembler, 0, 13);
      crowded = assembler.snapshot();
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.waiting-windows", "1"), crowded)) {
      for (long version = 2; version <= 12; version += 2) {
        TestingAssembler.publish(settings, TestingPipeline.RUN, version);
      }
      assembler.checkpointAtNextMail();

      assertThat(millisOf(() -> assembler.window(13))).isLessThan(10_000);
      assertThat(assembler.state().waiting()).hasSizeLessThan(2);
    }
  }

  private static long millisOf(ThrowingRunnable work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  @Test
  void atTheEndOfTheInputWaitingWindowsGoOutInOrderWithTheirOwnModels() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 6);
      TestingAssembler.publish(settings, TestingPipeline.RUN, 2);
      TestingAssembler.publish(settings, TestingPipeline.RUN, 4);

      assembler.endOfInput();

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      assertThat(assembler.batches().get(4).miningVersion()).isEqualTo(2);
      assertThat(assembler.batches().get(5).miningVersion()).isEqualTo(4);
      assertThat(assembler.state().waiting()).isEmpty();
    }
  }

  /** Of this run, at the place of a model that is not there: as true as one can forge it. */
  @Test
  void aForgedManifestIsRefusedAndTheTrueOneThatFollowsIsTaken() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      assembler.manifest(
          TestingAssembler.forged(
              TestingAssembler.publish(settings, "elsewhere", 2), TestingPipeline.RUN, 2));
      feed(assembler, 4, 5);
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);

      assembler.model(2);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(assembler.batches().get(4).miningVersion()).isEqualTo(2);
    }
  }

  @Test
  void aForgedManifestThatHidesTheTrueOneGivesWayToThatOfTheRegistry() throws Exception {
    List<TrainingBatch> expected;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      assembler.model(2);
      feed(assembler, 3, 4);
      expected = assembler.batches();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      ModelManifest published = TestingAssembler.publish(settings, TestingPipeline.RUN, 2);
      assembler.manifest(published);
      // The model of another version, whole and with its true checksum.
      ModelManifest another = TestingAssembler.publish(settings, TestingPipeline.RUN, 4);
      assembler.manifest(TestingAssembler.forged(another, TestingPipeline.RUN, 2));
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
              TestingAssembler.publish(settings, "elsewhere", 2),
              TestingPipeline.RUN,
              Long.MAX_VALUE));
      assembler.model(2);
      feed(assembler, 4, 6);
      assembler.model(4);

      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }
  }

  @Test
  void aDamagedModelIsNoForgeryButAnErrorThatNamesTheRegistry() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      ModelManifest published = TestingAssembler.publish(settings, TestingPipeline.RUN, 2);
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
      String id = TestingPipeline.window(settings, 0).events().get(3).id();
      List<ImageEvent> events = new ArrayList<>(TestingPipeline.window(settings, 1).events());
      events.add(4, ImageEvent.removed(id));
      assembler.window(TestingPipeline.window(settings, 1, events));

      assertThat(assembler.batches().get(1).changes().removedIds()).containsExactly(id);
      assertThat(assembler.state().memory().exemplars())
          .extracting(exemplar -> exemplar.image().id())
          .isNotEmpty()
          .doesNotContain(id);
    }
  }

  @Test
  void theBatchTellsHowLongItsImagesTookToDecodeAndToCollect() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      List<ImageEvent> events =
          TestingPipeline.window(settings, 0).events().stream()
              .map(event -> ImageEvent.arrived(event.image(), 1_000))
              .toList();
      ImageWindow window = TestingPipeline.window(settings, 0, events);
      assembler.window(
          new ImageWindow(
              window.id(), window.publishing(), events, window.remoteChanges(), 77, List.of()));

      assertThat(assembler.output().get(0).stageNanos())
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
          TestingPipeline.window(settings, 0).events().stream()
              .map(event -> ImageEvent.removed(event.id()))
              .toList();
      assembler.window(TestingPipeline.window(settings, 2, removals));

      TrainingBatch batch = assembler.batches().get(2);
      assertThat(batch.changes().removedIds()).hasSameSizeAs(removals);
      assertThat(batch.mined().windowImages()).isZero();
      assertThat(assembler.state().memory().exemplars())
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
            window(0),
            window(1),
            window(2),
            window(3),
            corrected(4),
            model(2),
            window(5),
            model(4),
            window(6),
            corrected(7),
            window(8),
            model(6),
            model(8),
            window(9));
    List<TrainingBatch> expected;
    byte[] expectedState;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      run(steps, assembler);
      expected = assembler.batches();
      expectedState = assembler.stateBytes();
    }
    assertThat(expected).hasSize(10);
    assertThat(expected.get(4).changes().lateLabels().corrected()).isPositive();
    assertThat(expected.get(7).changes().lateLabels().withdrawn()).isPositive();

    // With and without waiting windows, before, between and after the models that they want.
    for (int cut : new int[] {1, 4, 5, 6, 8, 11, 12}) {
      List<TrainingBatch> batches = new ArrayList<>();
      OperatorSubtaskState snapshot;
      try (TestingAssembler assembler = new TestingAssembler(settings)) {
        run(steps.subList(0, cut), assembler);
        snapshot = assembler.snapshot();
        batches.addAll(assembler.batches());
      }
      try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
        run(steps.subList(cut, steps.size()), assembler);
        batches.addAll(assembler.batches());

        assertThat(batches).as("cut after step %d", cut).isEqualTo(expected);
        assertThat(assembler.stateBytes()).as("cut after step %d", cut).isEqualTo(expectedState);
      }
    }
  }

  @Test
  void whatTheOperatorDoesAfterASnapshotDoesNotReachIntoIt() throws Exception {
    OperatorSubtaskState snapshot;
    byte[] state;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      state = assembler.stateBytes();
      snapshot = assembler.snapshot();
      assembler.model(2);
      feed(assembler, 4, 5);
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
      assertThat(assembler.stateBytes()).isEqualTo(state);
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
      assembler.model(2);
      feed(assembler, 3, 4);
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
      assembler.model(4);
      assembler.model(6);
      assembler.model(8);

      feed(assembler, 4, 6);

      assertThat(assembler.windows()).containsExactly(4L, 5L);
      assertThat(assembler.batches())
          .extracting(TrainingBatch::miningVersion)
          .containsExactly(2L, 4L);
    }
  }

  /** The savepoint was taken before window 4, and the job that it was taken from went on. */
  @Test
  void afterGoingBackNothingIsMinedWithWhatWasGivenUp() throws Exception {
    Savepoint savepoint = beforeWindow4();
    List<ModelManifest> ofEarlier =
        Stream.of(4L, 6L, 8L).map(version -> publishedBy(savepoint.job(), version)).toList();
    try (TestingAssembler assembler = new TestingAssembler(settings, savepoint.state())) {
      for (ModelManifest model : ofEarlier) {
        assembler.manifest(model);
      }
      feed(assembler, 4, 9);

      assertThat(miningVersions(assembler)).containsExactly(2L, 4L, 4L);
      assertThat(assembler.windows()).containsExactly(4L, 5L, 6L);

      assembler.manifest(publishedBy(assembler.job(), 6));
      assertThat(miningVersions(assembler)).containsExactly(2L, 4L, 4L, 6L, 6L);
    }
  }

  /** As an unaligned checkpoint has it, whose batches are not trained yet. */
  @Test
  void whatWasGivenUpStaysSoUntilTheJobHasPublishedItAnewAlsoAfterACheckpointBeforeThat()
      throws Exception {
    Savepoint savepoint = beforeWindow4();
    OperatorSubtaskState snapshot;
    String second;
    try (TestingAssembler assembler = new TestingAssembler(settings, savepoint.state())) {
      assembler.manifest(publishedBy(savepoint.job(), 4));
      feed(assembler, 4, 9);
      assertThat(assembler.windows()).containsExactly(4L, 5L, 6L);
      second = assembler.job();
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
      assembler.manifest(publishedBy(savepoint.job(), 6));
      assertThat(assembler.windows()).isEmpty();

      assembler.manifest(publishedBy(second, 6));
      assertThat(miningVersions(assembler)).containsExactly(6L, 6L);
    }
  }

  @Test
  void aVersionBeforeTheSavepointIsMinedWithWhoeverMadeIt() throws Exception {
    Savepoint savepoint = beforeWindow4();
    OperatorSubtaskState snapshot;
    // Set back twice, and the first time no window came before the next checkpoint.
    try (TestingAssembler assembler = new TestingAssembler(settings, savepoint.state())) {
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
      assembler.manifest(publishedBy(savepoint.job(), 4));
      assembler.manifest(publishedBy(savepoint.job(), 6));
      feed(assembler, 4, 8);

      assertThat(miningVersions(assembler)).containsExactly(2L, 4L, 4L);
    }
  }

  @Test
  void ofAMemoryThatIsSmallerByNowWhatIsTooMuchGoes() throws Exception {
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      assertThat(assembler.state().memory().size()).isGreaterThan(8);
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("memory.capacity", "8"), snapshot)) {
      assembler.model(2);
      feed(assembler, 3, 5);

      assertThat(assembler.state().memory().size()).isEqualTo(8);
    }
  }

  @Test
  void whatTheSameJobPublishedBeforeACrashIsMinedWith() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 3);
      assembler.manifest(publishedBy(assembler.job(), 2));
      assertThat(assembler.windows()).containsExactly(0L, 1L, 2L);
    }
  }

  private record Savepoint(String job, OperatorSubtaskState state) {}

  private Savepoint beforeWindow4() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 4);
      assembler.manifest(publishedBy(assembler.job(), 2));
      return new Savepoint(assembler.job(), assembler.snapshot());
    }
  }

  private ModelManifest publishedBy(String job, long version) {
    return TestingAssembler.publish(settings, TestingPipeline.RUN, version, null, job);
  }

  /** By P = 2 up to version 6, which window 5 leads to, and from there by P = 3. */
  @Test
  void eachWindowGoesByTheScheduleThatItWasDealtWith() throws Exception {
    PublishingSchedule changed = PublishingSchedule.every(2).changedTo(3, 7);
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 6);
      assertThat(assembler.state().waiting()).hasSize(3);
      snapshot = assembler.snapshot();
    }
    try (TestingAssembler assembler = new TestingAssembler(settings, snapshot)) {
      assembler.model(2);
      assembler.model(4);
      feed(assembler, changed, 6, 8);
      assembler.model(6);
      feed(assembler, changed, 8, 10);
      assembler.model(9);
      feed(assembler, changed, 10, 12);

      assertThat(miningVersions(assembler)).containsExactly(2L, 2L, 4L, 4L, 6L, 6L, 6L, 9L, 9L);
      assertThat(versionsToPublish(assembler)).containsExactly(4L, 6L, 9L, 12L);
    }
  }

  private static void feed(
      TestingAssembler assembler, PublishingSchedule publishing, int from, int to)
      throws Exception {
    for (int number = from; number < to; number++) {
      ImageWindow window = TestingPipeline.window(TestingPipeline.settings(), number);
      assembler.window(
          new ImageWindow(
              window.id(), publishing, window.events(), window.remoteChanges(), 0, List.of()));
    }
  }

  @Test
  void windowsOfAnotherRunThanTheMemoryIsOfAreRefusedNamingBoth() throws Exception {
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 1);
      ImageWindow window = TestingPipeline.window(settings, 1);
      ImageWindow other =
          new ImageWindow(
              new WindowId("run-2", 1, 1),
              window.publishing(),
              window.events(),
              window.remoteChanges(),
              0,
              List.of());

      assertThatThrownBy(() -> assembler.window(other))
          .hasRootCauseMessage(
              "The checkpoint's memory and model are of run run-1, and its windows are numbered in run run-2: an earlier version of Quadstream made it. Go on with that version, or begin a new run with --new-run.");
    }
  }

  @Test
  void anotherStalenessHoldsAtOnceAlsoForWindowsThatWait() throws Exception {
    OperatorSubtaskState snapshot;
    try (TestingAssembler assembler = new TestingAssembler(settings)) {
      feed(assembler, 0, 5);
      assembler.model(2);
      feed(assembler, 5, 6);
      snapshot = assembler.snapshot();
      assertThat(assembler.state().waiting())
          .extracting(window -> window.id().number())
          .containsExactly(5L);
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.staleness", "3"), snapshot)) {
      feed(assembler, 6, 7);

      assertThat(miningVersions(assembler)).containsExactly(2L, 2L);
    }
    try (TestingAssembler assembler =
        new TestingAssembler(settings("mining.staleness", "0"), snapshot)) {
      assembler.model(4);
      feed(assembler, 6, 7);
      assembler.model(6);

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
    for (String policy : new String[] {"SEMI_HARD", "HARDEST"}) {
      try (TestingAssembler assembler =
          new TestingAssembler(settings("mining.policy", policy), snapshot)) {
        feed(assembler, 2, 3);
        batches.addAll(assembler.batches());
      }
    }
    assertThat(batches.get(0).mined().images()).isEqualTo(batches.get(1).mined().images());
    assertThat(batches.get(0).mined().quadruplets())
        .isNotEqualTo(batches.get(1).mined().quadruplets());
  }

  private static void feed(TestingAssembler assembler, int from, int to) throws Exception {
    for (int number = from; number < to; number++) {
      assembler.window(number);
    }
  }

  private static List<Long> miningVersions(TestingAssembler assembler) {
    return assembler.batches().stream().map(TrainingBatch::miningVersion).toList();
  }

  private static List<Long> versionsToPublish(TestingAssembler assembler) {
    return assembler.output().stream()
        .filter(TrainingBatch::publish)
        .map(batch -> batch.id().number() + 1)
        .toList();
  }

  /** Something that happens to the operator. */
  private interface Step {
    void on(TestingAssembler assembler) throws Exception;
  }

  private static Step window(long number) {
    return assembler -> assembler.window(number);
  }

  /** A window in which some of all earlier images get another label, and some lose theirs. */
  private Step corrected(long number) {
    ImageWindow window = TestingPipeline.window(settings, number);
    List<ImageEvent> events = new ArrayList<>(window.events());
    for (long image = 0; image < number * window.events().size(); image += 3) {
      events.add(
          ImageEvent.corrected(
              new LabelUpdate("image-" + image, image % 2 == 0 ? "class-0" : null)));
    }
    return assembler ->
        assembler.window(
            new ImageWindow(
                window.id(), window.publishing(), events, window.remoteChanges(), 0, List.of()));
  }

  private static Step model(long version) {
    return assembler -> assembler.model(version);
  }

  private static void run(List<Step> steps, TestingAssembler assembler) throws Exception {
    for (Step step : steps) {
      step.on(assembler);
    }
  }
}
