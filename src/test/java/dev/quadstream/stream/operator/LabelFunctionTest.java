package dev.quadstream.stream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.RecordPlace;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.LabelLedger;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelFunctionTest {

  private static final long WAIT = 10_000;
  private static final int CAPACITY = 3;
  private static final long SKIPPED = 1_000_000;

  private final List<String> goneBefore = new ArrayList<>();
  private KeyedTwoInputStreamOperatorTestHarness<Integer, ImageQuestion, SourceRecord, ImageEvent>
      join;
  private StateBackend backend = new HashMapStateBackend();
  private long offset;

  @BeforeEach
  void open() throws Exception {
    open(CAPACITY, WAIT, null, 0);
  }

  private void open(int capacity, long waitMillis, OperatorSubtaskState restored, long now)
      throws Exception {
    PipelineSettings settings =
        TestingPipeline.settings(
            "labels.capacity",
            Integer.toString(capacity),
            "labels.wait",
            waitMillis + " ms",
            "kafka.skip",
            "1@0,labels/1@" + SKIPPED);
    join =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(new LabelFunction(settings, new Attempts(0))),
            question -> 0,
            label -> 0,
            Types.INT);
    join.setStateBackend(backend);
    join.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.IMAGE_EVENT)));
    join.setProcessingTime(now);
    if (restored != null) {
      join.initializeState(restored);
    }
    join.open();
  }

  @AfterEach
  void close() throws Exception {
    join.close();
  }

  @Test
  void anImageIsAskedAtOnceAndGoesToTheWindowsWithItsLabel() throws Exception {
    image("a");
    assertThat(asked()).containsExactly("a");
    assertThat(gone()).isEmpty();

    label("a", "cup");
    assertThat(gone()).containsExactly("a is cup");
    assertThat(asked()).as("and is asked no longer").containsExactly("a", "-a");
    ImageEvent event = join.extractOutputValues().get(1);
    assertThat(event.kind()).isEqualTo(ImageEvent.Kind.LABELLED);
    assertThat(event.image().image()).isEqualTo(TestingPipeline.arrival(7).image().image());
    assertThat(event.place()).isEqualTo(new RecordPlace(2, 17, 18, 0, 1));
    assertThat(event.isCounted()).as("which it was as a question").isFalse();
    assertLedger(new LabelLedger(1, List.of(0L, 0L, 1L, 0L, 0L, 0L, 0L, 0L)));
  }

  @Test
  void theWindowsAreToldOfEachRecordThatHasBeenHereBehindWhatItLedTo() throws Exception {
    label("a", "cup");
    image("a");
    labelled("b");
    join.processElement1(ImageQuestion.closed("of old state", null), 0);

    assertThat(join.extractOutputValues())
        .extracting(ImageEvent::kind)
        .containsExactly(
            ImageEvent.Kind.CORRECTED,
            ImageEvent.Kind.LABELLED,
            ImageEvent.Kind.PASSED,
            ImageEvent.Kind.PASSED);
    assertThat(join.extractOutputValues())
        .endsWith(
            ImageEvent.passed("a", new RecordPlace(2, 17, 18, 0, 1)),
            ImageEvent.passed("b", new RecordPlace(2, 19, 20, 0, 1)));
  }

  @Test
  void aLabelThatComesFirstWaitsForItsImageWhichIsThenNotAsked() throws Exception {
    label("a", "cup");
    assertThat(gone()).as("in case a memory holds it").containsExactly("a -> cup");
    assertLedger(new LabelLedger(1, List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L)));

    image("a");
    assertThat(gone()).containsExactly("a -> cup", "a is cup");
    assertThat(asked()).containsExactly("-a");
    assertLedger(new LabelLedger(1, List.of(0L, 0L, 1L, 0L, 0L, 0L, 0L, 0L)));
  }

  @Test
  void ofTwoLabelsBeforeTheImageTheLastCountsAndTheOtherIsCounted() throws Exception {
    label("a", "cup");
    label("a", "mug");
    image("a");
    assertThat(gone()).endsWith("a is mug");
    assertLedger(new LabelLedger(2, List.of(0L, 0L, 1L, 0L, 1L, 0L, 0L, 0L)));
  }

  @Test
  void ofTwoLabelsAfterTheImageTheSecondCorrectsAndTheSameAgainSaysNothing() throws Exception {
    image("a");
    label("a", "cup");
    label("a", "cup");
    label("a", "mug");
    assertThat(gone()).containsExactly("a is cup", "a -> mug");
    assertLedger(new LabelLedger(3, List.of(0L, 0L, 1L, 1L, 1L, 0L, 0L, 0L)));
  }

  @Test
  void whatIsWithdrawnIsToldToTheMemoriesAndMayBeSaidAnew() throws Exception {
    image("a");
    label("a", null);
    assertThat(gone()).as("it may have come anew with a label").containsExactly("a -> null");
    label("a", "cup");
    label("a", null);
    label("a", "mug");
    assertThat(gone()).containsExactly("a -> null", "a is cup", "a -> null", "a is mug");
    assertLedger(new LabelLedger(4, List.of(0L, 2L, 2L, 0L, 0L, 0L, 0L, 0L)));
  }

  @Test
  void aWithdrawalTakesALabelThatWaits() throws Exception {
    label("a", "cup");
    label("a", null);
    image("a");
    assertThat(gone()).containsExactly("a -> cup", "a -> null");
    assertThat(asked()).containsExactly("a");
    assertLedger(new LabelLedger(2, List.of(0L, 1L, 0L, 0L, 1L, 0L, 0L, 0L)));
  }

  @Test
  void anImageThatComesAgainKeepsWhatWasSaidOfIt() throws Exception {
    image("a");
    label("a", "cup");
    image("a");
    assertThat(gone()).containsExactly("a is cup", "a is cup");
    assertThat(asked()).containsExactly("a", "-a", "-a");
  }

  @Test
  void withAnImageThatIsRemovedGoWhatWaitsAndItsQuestion() throws Exception {
    image("a");
    remove("a");
    label("b", "cup");
    remove("b");
    image("b");
    label("a", "cup");
    assertThat(asked()).containsExactly("a", "-a", "-b", "b");
    assertThat(gone()).containsExactly("b -> cup", "a -> cup");
    assertLedger(new LabelLedger(2, List.of(0L, 0L, 0L, 0L, 1L, 0L, 0L, 1L)));
  }

  @Test
  void ofAnImageThatCameAgainWithItsLabelTheNewPictureIsCorrected() throws Exception {
    image("a");
    image("b");
    labelled("a");
    labelled("b");
    label("a", null);
    label("b", "mug");
    assertThat(gone()).containsExactly("a -> null", "b -> mug");
    assertThat(asked()).containsExactly("a", "b", "-a", "-b");
    assertThat(waiting()).isZero();
  }

  @Test
  void nothingWaitsForLongerThanItMayAndWhatDidIsCounted() throws Exception {
    image("a");
    label("b", "cup");
    join.setProcessingTime(WAIT);
    image("c");
    assertThat(waiting()).isEqualTo(2);
    join.setProcessingTime(WAIT + 1_000);
    assertThat(waiting()).as("the later one waits on").isEqualTo(1);
    label("a", "mug");
    image("b");
    label("c", "jug");

    assertThat(gone()).containsExactly("b -> cup", "a -> mug", "c is jug");
    assertThat(asked()).containsExactly("a", "c", "b", "-c");
    assertLedger(new LabelLedger(3, List.of(0L, 0L, 1L, 0L, 0L, 1L, 0L, 1L)));
    join.setProcessingTime(3 * WAIT);
    assertLedger(new LabelLedger(3, List.of(0L, 0L, 1L, 0L, 0L, 2L, 0L, 0L)));
    assertThat(waiting()).isZero();
    assertThat(join.numProcessingTimeTimers()).isZero();
  }

  @Test
  void beyondTheCapacityWhatHasWaitedForLongestGoes() throws Exception {
    for (String id : List.of("a", "b", "c", "d")) {
      image(id);
    }
    for (String id : List.of("w", "x", "y", "z")) {
      label(id, "cup");
    }
    assertThat(waiting()).isEqualTo(CAPACITY);
    assertLedger(new LabelLedger(4, List.of(0L, 0L, 0L, 0L, 0L, 0L, 1L, 3L)));

    label("a", "late");
    label("d", "mug");
    image("x");
    image("y");
    assertThat(gone())
        .endsWith("a -> late", "d is mug", "y is cup")
        .as("pushed out by the label of a")
        .doesNotContain("x is cup");
    assertLedger(new LabelLedger(6, List.of(0L, 0L, 2L, 0L, 0L, 0L, 2L, 2L)));
  }

  @Test
  void withoutCapacityLabelsOnlyCorrect() throws Exception {
    join.close();
    open(0, WAIT, null, 0);
    image("a");
    label("a", "cup");
    image("a");
    assertThat(gone()).containsExactly("a -> cup");
    assertThat(asked()).containsExactly("a", "a");
    assertThat(waiting()).isZero();
    assertLedger(new LabelLedger(1, List.of(0L, 0L, 0L, 0L, 0L, 0L, 1L, 0L)));
  }

  @Test
  void whatIsNoLabelIsADeadLetterThatNamesItsRecord() throws Exception {
    join.processElement2(source("a", new byte[] {(byte) 0xC3, 0x28}), 0);
    join.processElement2(source("a", "x".repeat(300).getBytes(UTF_8)), 0);
    join.processElement2(source(null, "cup".getBytes(UTF_8)), 0);
    join.processElement2(SourceRecord.unread("labels", 1, SKIPPED), 0);
    join.processElement2(source("a", new byte[0], List.of(new TestingBrokenHeader())), 0);

    assertThat(side(LabelFunction.DEAD_LETTERS))
        .extracting(DeadLetter::errorClass)
        .containsExactly(
            "malformed-label", "overlong-label", "missing-key", "skipped", "record-failed");
    assertThat(side(LabelFunction.DEAD_LETTERS))
        .extracting(letter -> letter.source().position())
        .containsExactly(
            "labels-1-0", "labels-1-1", "labels-1-2", "labels-1-" + SKIPPED, "labels-1-3");
    assertLedger(new LabelLedger(5, List.of(5L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)));
  }

  /** What is said here of the heap holds of RocksDB, which a cluster may be told to use. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRestoreKeepsWhatWaitsItsOrderItsTimeAndTheLedger(boolean rocksDb) throws Exception {
    if (rocksDb) {
      join.close();
      backend = new EmbeddedRocksDBStateBackend(true);
      open(CAPACITY, WAIT, null, 0);
    }
    image("a");
    image("b");
    label("x", "cup");
    join.setProcessingTime(4_000);
    image("c");
    label("b", "mug");
    restart(CAPACITY, WAIT, 5_000);
    image("d");
    assertThat(waiting()).isEqualTo(CAPACITY);
    label("a", "was pushed out");
    label("b", "jug");
    image("x");
    assertThat(gone())
        .containsExactly("x -> cup", "b is mug", "a -> was pushed out", "b -> jug", "x is cup");
    assertLedger(new LabelLedger(4, List.of(0L, 0L, 2L, 1L, 0L, 0L, 0L, 1L)));

    join.setProcessingTime(WAIT + 4_999);
    assertThat(waiting()).isEqualTo(3);
    join.setProcessingTime(WAIT + 6_000);
    assertLedger(new LabelLedger(4, List.of(0L, 0L, 2L, 1L, 0L, 1L, 0L, 0L)));
    assertThat(waiting()).isZero();
  }

  @Test
  void aLongerWaitHoldsForWhatWaitsAlready() throws Exception {
    image("a");
    restart(CAPACITY, 2 * WAIT, 5_000);
    join.setProcessingTime(WAIT + 1_000);
    assertThat(waiting()).isEqualTo(1);
    join.setProcessingTime(2 * WAIT + 1_000);
    assertThat(waiting()).isZero();
  }

  private void restart(int capacity, long waitMillis, long now) throws Exception {
    goneBefore.addAll(gone());
    OperatorSubtaskState snapshot = join.snapshot(1, 1);
    join.close();
    open(capacity, waitMillis, snapshot, now);
  }

  private void image(String id) throws Exception {
    join.processElement1(
        new ImageQuestion(
            id, 5, TestingPipeline.arrival(7).image().image(), new RecordPlace(2, 17, 18, 0, 1)),
        0);
  }

  private void remove(String id) throws Exception {
    join.processElement1(ImageQuestion.closed(id, new RecordPlace(2, 19, 20, 0, 1)), 0);
  }

  /** What comes here of an image that has its label. */
  private void labelled(String id) throws Exception {
    remove(id);
  }

  private void label(String id, String label) throws Exception {
    join.processElement2(source(id, label == null ? null : label.getBytes(UTF_8)), 0);
  }

  private SourceRecord source(String id, byte[] label) {
    return source(id, label, List.of());
  }

  private SourceRecord source(String id, byte[] label, List<Header> headers) {
    return new SourceRecord(
        "labels", 1, offset++, 0, id == null ? null : id.getBytes(UTF_8), label, headers);
  }

  /** What has gone to the windows: images with their label, and corrections. */
  private List<String> gone() {
    List<String> all = new ArrayList<>(goneBefore);
    join.extractOutputValues().stream()
        .filter(event -> event.kind() != ImageEvent.Kind.PASSED)
        .map(
            event ->
                event.isArrival()
                    ? event.id() + " is " + event.image().label()
                    : event.id() + " -> " + event.label())
        .forEach(all::add);
    return all;
  }

  /** The ids of questions, of those that are closed with a minus before them. */
  private List<String> asked() {
    return side(LabelFunction.QUESTIONS)
        .map(question -> (question.isClosed() ? "-" : "") + question.id())
        .toList();
  }

  private <T> Stream<T> side(OutputTag<T> tag) {
    var output = join.getSideOutput(tag);
    return output == null ? Stream.of() : output.stream().map(record -> record.getValue());
  }

  private void assertLedger(LabelLedger expected) throws Exception {
    assertThat(state("label-ledger", RecordFormats.typeOf(RecordFormats.LABEL_LEDGER)))
        .isEqualTo(expected);
    assertThat(expected.unaccounted()).isZero();
  }

  /** How many images wait. */
  private long waiting() throws Exception {
    return state(
            "images-bounds",
            Types.<Tuple3<Long, Long, Long>>TUPLE(Types.LONG, Types.LONG, Types.LONG))
        .f2;
  }

  private <T> T state(String name, TypeInformation<T> type) throws Exception {
    KeyedCoProcessOperator<?, ?, ?, ?> operator =
        (KeyedCoProcessOperator<?, ?, ?, ?>) join.getOperator();
    operator.setCurrentKey(0);
    return operator
        .getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>(name, type))
        .value();
  }
}
