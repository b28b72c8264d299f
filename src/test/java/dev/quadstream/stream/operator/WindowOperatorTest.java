package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.stream.TestingGraph;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.WindowId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link WindowOperator} as the job has it. */
class WindowOperatorTest {

  private static final int IMAGES = 3;
  private static final long TIMEOUT = 1_000;

  private final PipelineSettings settings =
      TestingPipeline.settings(
          "window.images", Integer.toString(IMAGES), "window.timeout", TIMEOUT + " ms");

  private final List<ImageWindow> closedBefore = new ArrayList<>();
  private KeyedOneInputStreamOperatorTestHarness<Integer, ImageEvent, ImageWindow> windows;

  private void open(PipelineSettings windowSettings) throws Exception {
    windows = TestingGraph.windows(windowSettings, null, 0);
  }

  @AfterEach
  void close() throws Exception {
    windows.close();
  }

  @Test
  void closesWhenItHoldsSoManyImages() throws Exception {
    open(settings);
    arrive(0, 7);
    assertThat(closed()).containsExactly(ids(0, 3), ids(3, 6));
  }

  @Test
  void closesWithFewerAfterTheTimeoutOfItsFirstImage() throws Exception {
    open(settings);
    windows.setProcessingTime(400);
    arrive(0, 1);
    windows.setProcessingTime(1_000);
    arrive(1, 2);
    windows.setProcessingTime(1_399);
    assertThat(closed()).isEmpty();

    windows.setProcessingTime(1_400);
    assertThat(closed()).containsExactly(ids(0, 2));
  }

  @Test
  void theTimerOfAWindowThatIsClosedAlreadyDoesNotCloseTheNextOneEarly() throws Exception {
    open(settings);
    arrive(0, 3);
    windows.setProcessingTime(500);
    arrive(3, 4);
    windows.setProcessingTime(1_499);
    assertThat(closed()).containsExactly(ids(0, 3));

    windows.setProcessingTime(1_500);
    assertThat(closed()).containsExactly(ids(0, 3), ids(3, 4));
  }

  /** It would be reported twice: now, and where the job goes on. */
  @Test
  void nothingClosesBetweenASavepointThatStopsTheJobAndItsEnd() throws Exception {
    open(settings);
    arrive(0, 2);
    snapshot(2, SavepointType.suspend(SavepointFormatType.CANONICAL));
    windows.getOneInputOperator().notifyCheckpointAborted(1);
    windows.setProcessingTime(TIMEOUT);
    assertThat(closed()).as("an earlier checkpoint was aborted, not the savepoint").isEmpty();

    windows.getOneInputOperator().notifyCheckpointAborted(2);
    windows.setProcessingTime(TIMEOUT + 200);
    assertThat(closed()).as("it goes on after all").containsExactly(ids(0, 2));

    arrive(2, 4);
    snapshot(3, SavepointType.savepoint(SavepointFormatType.CANONICAL));
    windows.setProcessingTime(3 * TIMEOUT);
    assertThat(closed()).containsExactly(ids(0, 2), ids(2, 4));
  }

  private void snapshot(long checkpoint, SavepointType type) throws Exception {
    windows
        .getOneInputOperator()
        .snapshotState(
            checkpoint,
            0,
            new CheckpointOptions(type, CheckpointStorageLocationReference.getDefault()),
            new MemCheckpointStreamFactory(1 << 20));
  }

  @Test
  void aWindowThatTheTimeoutClosedStartsCountingAnew() throws Exception {
    open(settings);
    arrive(0, 2);
    windows.setProcessingTime(TIMEOUT);
    arrive(2, 4);
    assertThat(closed()).containsExactly(ids(0, 2));
    arrive(4, 5);
    assertThat(closed()).containsExactly(ids(0, 2), ids(2, 5));
  }

  @Test
  void withoutATimeoutOnlyTheCountCloses() throws Exception {
    open(TestingPipeline.settings("window.images", "3", "window.timeout", "0 s"));
    arrive(0, 2);
    windows.setProcessingTime(Long.MAX_VALUE / 2);
    assertThat(closed()).isEmpty();
    assertThat(windows.numProcessingTimeTimers()).isZero();
    arrive(2, 3);
    assertThat(closed()).containsExactly(ids(0, 3));
  }

  @Test
  void removalsTravelInTheirPlaceButDoNotCount() throws Exception {
    open(settings);
    arrive(0, 2);
    remove("image-0");
    remove("image-9");
    assertThat(closed()).isEmpty();
    arrive(2, 3);

    assertThat(closed())
        .containsExactly(List.of("image-0", "image-1", "-image-0", "-image-9", "image-2"));
  }

  @Test
  void aWindowOfNothingButRemovalsIsClosedByTime() throws Exception {
    open(settings);
    remove("image-0");
    windows.setProcessingTime(TIMEOUT);
    assertThat(closed()).containsExactly(List.of("-image-0"));
  }

  @Test
  void aStreamOfNothingButRemovalsIsCutByTheirNumberWhereNoTimeCloses() throws Exception {
    open(TestingPipeline.settings("window.images", "3", "window.timeout", "0 s"));
    arrive(0, 1);
    for (int number = 0; number < 7; number++) {
      remove("image-" + number);
    }
    assertThat(closed())
        .containsExactly(
            List.of("image-0", "-image-0", "-image-1", "-image-2"),
            List.of("-image-3", "-image-4", "-image-5"));
    arrive(1, 4);
    assertThat(closed()).hasSize(3).last().asList().hasSize(4).startsWith("-image-6");
  }

  @Test
  void aRestoreInTheMiddleOfAWindowKeepsItsCountOfRemovals() throws Exception {
    open(settings);
    remove("image-0");
    remove("image-1");
    restart(0);
    remove("image-2");
    assertThat(closed()).containsExactly(List.of("-image-0", "-image-1", "-image-2"));
  }

  @Test
  void theEndOfTheInputClosesWhateverIsOpenAndNothingTwice() throws Exception {
    open(settings);
    arrive(0, 4);
    windows.processWatermark(Long.MAX_VALUE);
    assertThat(closed()).containsExactly(ids(0, 3), ids(3, 4));

    windows.setProcessingTime(10 * TIMEOUT);
    assertThat(closed()).hasSize(2);
  }

  @Test
  void theEndOfTheInputFlushesAWindowOfOneRemoval() throws Exception {
    open(settings);
    remove("image-0");
    windows.processWatermark(Long.MAX_VALUE);
    assertThat(closed()).containsExactly(List.of("-image-0"));
  }

  @Test
  void theEndOfTheInputAfterAFullWindowClosesNoEmptyOne() throws Exception {
    open(settings);
    arrive(0, 3);
    windows.processWatermark(Long.MAX_VALUE);
    assertThat(closed()).containsExactly(ids(0, 3));
  }

  @Test
  void aRestoreInTheMiddleOfAWindowKeepsItsCount() throws Exception {
    open(settings);
    arrive(0, 5);
    restart(200);
    arrive(5, 6);
    assertThat(closed()).containsExactly(ids(0, 3), ids(3, 6));
  }

  @Test
  void aRestoreInTheMiddleOfAWindowKeepsItsDeadline() throws Exception {
    open(settings);
    windows.setProcessingTime(100);
    arrive(0, 2);
    restart(600);
    windows.setProcessingTime(1_099);
    assertThat(closed()).isEmpty();
    windows.setProcessingTime(1_100);
    assertThat(closed()).containsExactly(ids(0, 2));
  }

  @Test
  void aShorterTimeoutHoldsAtOnceAlsoForTheWindowThatIsOpen() throws Exception {
    for (String former : List.of("0 s", "1 h")) {
      closedBefore.clear();
      open(TestingPipeline.settings("window.images", "3", "window.timeout", former));
      arrive(0, 2);
      restart(600);
      windows.setProcessingTime(1_599);
      assertThat(closed()).isEmpty();
      windows.setProcessingTime(1_600);
      assertThat(closed()).as("opened with %s", former).containsExactly(ids(0, 2));
      assertThat(windows.numProcessingTimeTimers()).isZero();
    }
  }

  @Test
  void aWindowByCountThatIsOpenClosesWhereTimeIsTheImagesFromNowOn() throws Exception {
    open(TestingPipeline.settings("window.images", "3", "window.timeout", "0 s"));
    arrive(0, 2);
    restart(eventTime("window.out-of-orderness", "20 ms", "source.idleness", "30 ms"), 0);
    windows.setProcessingTime(59);
    assertThat(closed()).isEmpty();
    windows.setProcessingTime(60);
    assertThat(closed()).containsExactly(ids(0, 2));
  }

  @Test
  void anotherNumberOfImagesHoldsAtOnceAlsoForTheWindowThatIsOpen() throws Exception {
    open(settings);
    arrive(0, 5);
    restart(TestingPipeline.settings("window.images", "5", "window.timeout", "0 s"), 0);
    arrive(5, 8);
    assertThat(closed()).containsExactly(ids(0, 3), ids(3, 8));

    arrive(8, 11);
    restart(TestingPipeline.settings("window.images", "2", "window.timeout", "0 s"), 0);
    arrive(11, 14);
    assertThat(closed()).containsExactly(ids(0, 3), ids(3, 8), ids(8, 12), ids(12, 14));
  }

  @Test
  void aRestoreKeepsTheEndOfTheInput() throws Exception {
    open(settings);
    arrive(0, 2);
    restart(0);
    windows.processWatermark(Long.MAX_VALUE);
    assertThat(closed()).containsExactly(ids(0, 2));
  }

  @Test
  void windowsAreNumberedOverTheWholeRunWhichARestoreGoesOnWith() throws Exception {
    open(settings);
    arrive(0, 7);
    restart(0);
    arrive(7, 12);
    List<ImageWindow> all = new ArrayList<>(closedBefore);
    all.addAll(windows.extractOutputValues());

    assertThat(all).extracting(window -> window.id().number()).containsExactly(0L, 1L, 2L, 3L);
    assertThat(all).extracting(window -> window.id().run()).doesNotContainNull().hasSize(4);
    assertThat(all.stream().map(window -> window.id().run()).distinct()).hasSize(1);
    assertThat(all).allMatch(window -> window.remoteChanges().equals(RemoteChanges.NOTHING));
  }

  @Test
  void anotherPublishingIntervalHoldsFromTheFirstWindowThatHadNoNumberYet() throws Exception {
    open(settings);
    int before = settings.get(JobConfig.PUBLISH_EVERY);
    arrive(0, 6);
    restart(TestingPipeline.settings("window.images", "3", "publish.every", "5"), 0);
    arrive(6, 9);

    assertThat(windows.extractOutputValues().get(0).publishing())
        .isEqualTo(PublishingSchedule.every(before).changedTo(5, 3));
  }

  @Test
  void anotherNumberOfReplicasIsRefusedAtOnceNamingBothAndTheWayToGoOverToIt() throws Exception {
    open(settings);
    arrive(0, 6);

    assertThatThrownBy(
            () -> restart(TestingPipeline.settings("window.images", "3", "replicas", "2"), 0))
        .rootCause()
        .hasMessageContaining("replicas = 1")
        .hasMessageContaining("configured with 2")
        .hasMessageContaining("--rescale");
  }

  @Test
  void askedForItHoldsFromTheNextVersionOnAlsoAfterARestoreBeforeThatAndPublishesAsConfigured()
      throws Exception {
    PipelineSettings two =
        TestingPipeline.settings("window.images", "3", "replicas", "2", "publish.every", "4");
    open(settings);
    arrive(0, 6);
    restart(two.rescaling(), 0);
    restart(two.rescaling(), 0);
    arrive(6, 15);

    // Windows 0 and 1 are dealt, with the third a version ends, and from window 3 on there are two.
    assertThat(windows.extractOutputValues())
        .extracting(ImageWindow::id)
        .extracting(WindowId::number, WindowId::replica, WindowId::replicas, WindowId::first)
        .containsExactly(tuple(2L, 0, 1, 0L), tuple(3L, 0, 2, 3L), tuple(4L, 1, 2, 3L));
    assertThat(windows.extractOutputValues().get(0).publishes()).isTrue();
    assertThat(windows.extractOutputValues().get(1).publishing())
        .isEqualTo(PublishingSchedule.every(1).changedTo(4, 1));
  }

  @Test
  void eventTimeWindowsAreCutByTheTimeOfTheImagesAndNotByTheirArrival() throws Exception {
    open(TestingPipeline.settings("window.kind", "EVENT_TIME", "window.timeout", "10 ms"));
    for (long time : new long[] {3, 12, 9, 15, 21}) {
      windows.processElement(TestingPipeline.arrival(time), time);
    }
    assertThat(closed()).isEmpty();
    windows.processWatermark(19);
    assertThat(closed())
        .containsExactly(List.of("image-3", "image-9"), List.of("image-12", "image-15"));
    windows.processWatermark(Long.MAX_VALUE);
    assertThat(closed()).hasSize(3).last().isEqualTo(List.of("image-21"));
  }

  @Test
  void anEventTimeWindowIsCutAtItsMostImagesAndWhatComesAfterMakesAnotherOfItsTime()
      throws Exception {
    open(eventTime("window.max-images", "2"));
    arrive(0, 5);
    assertThat(closed()).containsExactly(ids(0, 2), ids(2, 4));
    windows.processWatermark(9);
    assertThat(closed()).containsExactly(ids(0, 2), ids(2, 4), ids(4, 5));
    windows.processWatermark(Long.MAX_VALUE);
    assertThat(closed()).hasSize(3);
  }

  @Test
  void anImageThatComesAfterItsWindowIsADeadLetterThatNamesItsRecord() throws Exception {
    open(eventTime());
    windows.processWatermark(19);
    windows.processElement(TestingPipeline.arrival(21), 0);
    windows.processElement(
        TestingPipeline.arrival(19).at(new RecordPlace(2, 17, 1, 0, 0)), Long.MIN_VALUE);
    windows.processWatermark(Long.MAX_VALUE);

    assertThat(closed()).containsExactly(List.of("image-21"));
    assertThat(windows.getSideOutput(WindowOperator.DEAD_LETTERS)).hasSize(1);
    DeadLetter letter = windows.getSideOutput(WindowOperator.DEAD_LETTERS).poll().getValue();
    assertThat(letter.errorClass()).isEqualTo("late");
    assertThat(letter.errorMessage()).contains("1970-01-01T00:00:00.019Z", "images-2-17");
    assertThat(letter.source().position()).isEqualTo("images-2-17");
    assertThat(letter.source().key()).asString(UTF_8).isEqualTo("image-19");
    assertThat(letter.source().value()).as("no tombstone").isEmpty();
    assertThat(letter.source().headers())
        .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .containsExactly(
            "label=" + TestingPipeline.arrival(19).image().label(),
            "captured-at=19",
            "full-record=images-2-17");
  }

  /** Records 1 and 4 of the partition were dead letters before they came here. */
  @Test
  void theLedgerSaysWhatHasBecomeOfEachRecordThatWasRead() throws Exception {
    open(eventTime("window.max-images", "2"));
    windows.processElement(placed(TestingPipeline.arrival(1), 0, 2, 1), 0);
    windows.processElement(placed(TestingPipeline.arrival(21), 0, 3, 1), 0);
    windows.processElement(placed(ImageEvent.removed("image-9"), 0, 5, 2), 0);
    windows.processElement(placed(TestingPipeline.arrival(2), 1, 1, 0), 0);
    windows.processWatermark(19);
    windows.processElement(placed(TestingPipeline.arrival(11), 0, 6, 2), 0);
    restart(eventTime("window.max-images", "2"), 0);
    windows.processWatermark(19);
    windows.processElement(placed(TestingPipeline.arrival(22), 0, 7, 2), 0);

    List<ImageWindow> all = new ArrayList<>(closedBefore);
    all.addAll(windows.extractOutputValues());
    assertThat(all)
        .extracting(ImageWindow::ledger)
        .containsExactly(
            List.of(
                new PartitionLedger(0, 105, 5, 1, 0, 2, 0, 2, 0),
                new PartitionLedger(1, 101, 1, 1, 0, 0, 0, 0, 0)),
            List.of(new PartitionLedger(0, 107, 7, 3, 1, 2, 1, 0, 0)));
    assertThat(all).flatExtracting(ImageWindow::ledger).allMatch(entry -> entry.unaccounted() == 0);
  }

  private static ImageEvent placed(ImageEvent event, int partition, long read, long dead) {
    return event.at(new RecordPlace(partition, 100 + read, read, dead, 0));
  }

  @Test
  void aRemovalIsNeverLateAndFollowsTheImagesThatCameBeforeIt() throws Exception {
    open(eventTime());
    windows.processWatermark(19);
    for (long time : new long[] {21, 33}) {
      windows.processElement(TestingPipeline.arrival(time), time);
    }
    remove("image-33");
    windows.processElement(TestingPipeline.arrival(22), 22);
    windows.processWatermark(39);

    assertThat(closed())
        .containsExactly(List.of("image-21", "image-22"), List.of("image-33", "-image-33"));
  }

  /** Its own window may be long over by the time somebody says what it shows. */
  @Test
  void anImageThatWasLabelledLaterIsNeverLateNorIsACorrectionAndTheLedgerHasNeither()
      throws Exception {
    open(eventTime("window.max-images", "2"));
    windows.processWatermark(19);
    windows.processElement(placed(TestingPipeline.arrival(21), 0, 5, 0), 0);
    windows.processElement(
        ImageEvent.labelled(TestingPipeline.arrival(3).image(), new RecordPlace(0, 1, 2, 0, 2)), 0);
    windows.processElement(ImageEvent.corrected(new LabelUpdate("image-9", "x")), 0);
    windows.processWatermark(29);

    assertThat(closed()).containsExactly(List.of("image-21", "image-3"), List.of("image-9"));
    assertThat(windows.extractOutputValues())
        .extracting(ImageWindow::ledger)
        .containsExactly(List.of(new PartitionLedger(0, 105, 5, 1, 0, 0, 0, 0, 0)), List.of());
  }

  @Test
  void correctionsMakeNoWindowsOfTheirOwnUntilThereAreVeryMany() throws Exception {
    open(settings);
    arrive(0, 2);
    for (int number = 0; number < ImageWindow.MAX_CORRECTIONS - 1; number++) {
      windows.processElement(ImageEvent.corrected(new LabelUpdate("c" + number, "x")), 0);
    }
    assertThat(closed()).isEmpty();
    restart(0);
    windows.processElement(ImageEvent.corrected(new LabelUpdate("last", null)), 0);
    assertThat(closed()).hasSize(1);
    assertThat(windows.extractOutputValues().get(0).events())
        .hasSize(2 + ImageWindow.MAX_CORRECTIONS)
        .last()
        .isEqualTo(ImageEvent.corrected(new LabelUpdate("last", null)));
  }

  @Test
  void whatComesWithoutALabelOpensNoWindowAndTravelsInItsPlaceWithTheNextOne() throws Exception {
    open(settings);
    replace("a", 1);
    replace("b", 2);
    windows.setProcessingTime(10 * TIMEOUT);
    assertThat(windows.numProcessingTimeTimers()).isZero();
    restart(10 * TIMEOUT);
    arrive(0, 1);
    for (int more = 0; more < IMAGES; more++) {
      replace("c" + more, 3 + more);
    }
    restart(10 * TIMEOUT);
    arrive(1, 3);
    arrive(3, 6);

    assertThat(closed())
        .containsExactly(
            List.of("~a", "~b", "image-0", "~c0", "~c1", "~c2", "image-1", "image-2"), ids(3, 6));
    assertThat(windows.extractOutputValues())
        .as("the decoder counts it as a question")
        .extracting(ImageWindow::ledger)
        .containsOnly(List.of());
  }

  @Test
  void inEventTimeItFollowsTheImagesThatCameBeforeIt() throws Exception {
    open(eventTime());
    windows.processWatermark(19);
    replace("image-1", 1);
    for (long time : new long[] {21, 33}) {
      windows.processElement(TestingPipeline.arrival(time), time);
    }
    replace("image-33", 2);
    windows.processElement(TestingPipeline.arrival(22), 22);
    windows.processWatermark(39);
    assertThat(closed())
        .containsExactly(
            List.of("~image-1", "image-21", "image-22"), List.of("image-33", "~image-33"));
  }

  @Test
  void howeverManyComeWithoutALabelTheyCloseNoWindowAndItHoldsSoMany() throws Exception {
    open(settings);
    for (int number = 0; number < ImageWindow.MAX_REPLACEMENTS + 5; number++) {
      replace("a" + number, number);
    }
    arrive(0, 2);
    replace("b", ImageWindow.MAX_REPLACEMENTS + 5);
    assertThat(closed()).isEmpty();
    arrive(2, 3);
    replace("c", ImageWindow.MAX_REPLACEMENTS + 6);
    arrive(3, 6);
    assertThat(closed().get(0)).hasSize(ImageWindow.MAX_REPLACEMENTS + 3);
    assertThat(closed().get(1)).containsExactly("~c", "image-3", "image-4", "image-5");
  }

  /** The label may have waited for it, and comes by another way. */
  @Test
  void anImageThatCameWithItsLabelIsNotTakenOutByTheNewsThatItCameWithoutOne() throws Exception {
    open(settings);
    replace("image-0", 1);
    label(0, 1);
    label(1, 9);
    replace("image-1", 7);
    arrive(2, 3);
    restart(0);
    replace("image-1", 9);
    replace("image-1", 12);
    label(1, 12);
    arrive(3, 5);

    assertThat(closed())
        .containsExactly(
            List.of("~image-0", "image-0", "image-1", "image-2"),
            List.of("~image-1", "image-1", "image-3", "image-4"));
  }

  static Stream<ImageEvent> laterRecordsOfImage0() {
    return Stream.of(
        ImageEvent.removed("image-0").at(asked(5)),
        TestingPipeline.arrival(0).at(asked(5)),
        ImageEvent.replaced("image-0", asked(5)));
  }

  @ParameterizedTest
  @MethodSource("laterRecordsOfImage0")
  void anImageThatGotItsLabelLaterDoesNotComeBackBehindALaterRecordOfIts(ImageEvent later)
      throws Exception {
    open(settings);
    windows.processElement(later, 0);
    restart(0);
    label(0, 3);
    label(1, 4);
    label(0, 5);
    windows.processElement(
        ImageEvent.labelled(TestingPipeline.arrival(0).image(), new RecordPlace(1, 0, 2, 0, 1)), 0);
    windows.processWatermark(Long.MAX_VALUE);

    assertThat(closed())
        .as("the one of another partition, too, whose order nobody knows")
        .flatExtracting(ids -> ids)
        .filteredOn(id -> id.startsWith("image"))
        .hasSize(later.isArrival() ? 4 : 3)
        .contains("image-1");
  }

  /** None of the older ones comes after that, so that it would be kept for nothing. */
  @Test
  void ofWhatHasPassedTheLabelsNothingIsKept() throws Exception {
    open(settings);
    windows.processElement(ImageEvent.removed("image-0").at(asked(5)), 0);
    windows.processElement(ImageEvent.passed("image-0", asked(4)), 0);
    label(0, 4);
    windows.processElement(ImageEvent.passed("image-0", asked(5)), 0);
    label(0, 4);
    windows.processElement(ImageEvent.passed("image-1", asked(9)), 0);
    windows.processElement(ImageEvent.removed("image-1").at(asked(9)), 0);
    label(1, 8);
    windows.processWatermark(Long.MAX_VALUE);

    assertThat(closed()).containsExactly(List.of("-image-0", "image-0", "-image-1", "image-1"));
  }

  private void label(int number, long read) throws Exception {
    windows.processElement(
        ImageEvent.labelled(TestingPipeline.arrival(number).image(), asked(read)), 0);
  }

  private void replace(String id, long read) throws Exception {
    windows.processElement(ImageEvent.replaced(id, asked(read)), 0);
  }

  /** Of a topic that is made anew again and again, whose offsets begin at 0. */
  private static RecordPlace asked(long read) {
    return new RecordPlace(0, read % 8, read, 0, read);
  }

  static Stream<ImageEvent> newsOfImage21() {
    return Stream.of(
        ImageEvent.removed("image-21"),
        ImageEvent.replaced("image-21", asked(1)),
        ImageEvent.corrected(new LabelUpdate("image-21", "x")),
        ImageEvent.labelled(TestingPipeline.arrival(21).image(), asked(1)),
        ImageEvent.arrived(again(21, 35)));
  }

  @ParameterizedTest
  @MethodSource("newsOfImage21")
  void aWindowThatClosesEarlyOvertakesNoneThatHoldsOneOfItsImages(ImageEvent news)
      throws Exception {
    open(eventTime("window.max-images", "3"));
    for (long time : new long[] {21, 12, 33}) {
      windows.processElement(TestingPipeline.arrival(time), 0);
    }
    windows.processElement(news, 0);
    arrive(34, 36);

    assertThat(closed()).hasSize(2).startsWith(List.of("image-21"));
  }

  @Test
  void norDoThoseThatCloseWithIt() throws Exception {
    open(eventTime("window.max-images", "3"));
    for (long time : new long[] {12, 21, 33}) {
      windows.processElement(TestingPipeline.arrival(time), 0);
    }
    windows.processElement(ImageEvent.arrived(again(12, 25)), 0);
    remove("image-21");
    arrive(34, 36);

    assertThat(closed())
        .containsExactly(
            List.of("image-12"),
            List.of("image-21", "image-12"),
            List.of("image-33", "-image-21", "image-34", "image-35"));
  }

  private static LabeledImage again(int number, long capturedAt) {
    LabeledImage first = TestingPipeline.arrival(number).image();
    return new LabeledImage(first.id(), first.label(), capturedAt, first.image());
  }

  @Test
  void aRemovalAloneTravelsWithEventTime() throws Exception {
    open(eventTime());
    windows.processWatermark(19);
    remove("image-1");
    assertThat(closed()).isEmpty();
    windows.processWatermark(29);
    assertThat(closed()).containsExactly(List.of("-image-1"));
  }

  @Test
  void aStreamOfNothingButRemovalsIsCutInEventTimeToo() throws Exception {
    open(eventTime("window.max-images", "2"));
    for (int number = 0; number < 5; number++) {
      remove("image-" + number);
    }
    assertThat(closed())
        .containsExactly(List.of("-image-0", "-image-1"), List.of("-image-2", "-image-3"));
  }

  @Test
  void anEventTimeWindowThatNoTimePassesClosesInTheEnd() throws Exception {
    open(
        eventTime(
            "window.timeout",
            "10 ms",
            "window.out-of-orderness",
            "20 ms",
            "source.idleness",
            "300 ms"));
    windows.setProcessingTime(1_000);
    arrive(3, 5);
    windows.setProcessingTime(1_329);
    assertThat(closed()).isEmpty();
    windows.setProcessingTime(1_330);
    assertThat(closed()).containsExactly(ids(3, 5));
    arrive(5, 6);
    windows.processWatermark(9);
    assertThat(closed()).containsExactly(ids(3, 5), ids(5, 6));
  }

  /** One partition hangs back, the others go on: what waits for it is bounded. */
  @Test
  void soManyWindowsAreOpenAtOnceAndThenTheOneThatWasOpenedFirstCloses() throws Exception {
    open(eventTime("window.out-of-orderness", "30 ms"));
    int most = 16 + 3;
    for (int number = 0; number < most; number++) {
      windows.processElement(TestingPipeline.arrival(100L * number), 0);
    }
    assertThat(closed()).isEmpty();
    arrive(7, 8);
    windows.processElement(TestingPipeline.arrival(100L * most), 0);

    assertThat(closed()).containsExactly(List.of("image-0", "image-7"));
    windows.processElement(TestingPipeline.arrival(100L * (most + 1)), 0);
    assertThat(closed()).hasSize(2).last().isEqualTo(List.of("image-100"));
  }

  /** Flink lets no watermark of an idle source pass, the last one included. */
  @Test
  void theEndOfAnInputThatWasIdleClosesWhatIsOpen() throws Exception {
    open(eventTime());
    arrive(0, 1);
    windows.processElement(TestingPipeline.arrival(21), 0);
    windows.processElement(TestingPipeline.arrival(12), 0);
    windows.processWatermarkStatus(WatermarkStatus.IDLE);
    windows.endInput();

    assertThat(closed())
        .containsExactly(List.of("image-0"), List.of("image-12"), List.of("image-21"));
    assertThat(windows.getOutput()).contains(Watermark.MAX_WATERMARK);
  }

  @Test
  void aRestoreKeepsOpenEventTimeWindowsTheirOrderAndTheirEnds() throws Exception {
    PipelineSettings settings = eventTime("window.out-of-orderness", "0 ms");
    open(settings);
    for (int number = 0; number < 16; number++) {
      windows.processElement(TestingPipeline.arrival(100L * number), 0);
    }
    restart(settings, 0);
    windows.processElement(TestingPipeline.arrival(1_700), 0);
    assertThat(closed()).containsExactly(List.of("image-0"));
    windows.processWatermark(209);
    assertThat(closed())
        .containsExactly(List.of("image-0"), List.of("image-100"), List.of("image-200"));
  }

  private static PipelineSettings eventTime(String... changes) {
    String[] all =
        Arrays.copyOf(
            new String[] {"window.kind", "EVENT_TIME", "window.timeout", "10 ms"},
            4 + changes.length);
    System.arraycopy(changes, 0, all, 4, changes.length);
    return TestingPipeline.settings(all);
  }

  private void arrive(int from, int to) throws Exception {
    for (int number = from; number < to; number++) {
      windows.processElement(TestingPipeline.arrival(number), 0);
    }
  }

  private void remove(String id) throws Exception {
    windows.processElement(ImageEvent.removed(id), 0);
  }

  private void restart(long now) throws Exception {
    restart(settings, now);
  }

  private void restart(PipelineSettings changed, long now) throws Exception {
    closedBefore.addAll(windows.extractOutputValues());
    OperatorSubtaskState snapshot = windows.snapshot(1, 1);
    windows.close();
    windows = TestingGraph.windows(changed, snapshot, now);
  }

  /** The ids in each window that has closed: of removals "-id", without a label "~id". */
  private List<List<String>> closed() {
    List<ImageWindow> all = new ArrayList<>(closedBefore);
    all.addAll(windows.extractOutputValues());
    return all.stream()
        .map(window -> window.events().stream().map(WindowOperatorTest::shown).toList())
        .toList();
  }

  private static String shown(ImageEvent event) {
    return (event.isRemoval() ? "-" : event.isReplacement() ? "~" : "") + event.id();
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(number -> "image-" + number).toList();
  }
}
