package dev.quadstream.stream.operator;

import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.DecodedImage;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.SkippedRecords;
import dev.quadstream.stream.options.SkippedRecords.InputTopic;
import dev.quadstream.stream.startup.TaskManagerChecks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes to pixels, and those to features where there is a backbone. What cannot be read becomes a
 * dead letter, as it came, and so does what fails the job each time.
 *
 * <p>Behind a backbone a few records are gathered, for as long as {@value #GATHER_MILLIS} ms, and
 * their images computed side by side. They leave in the order in which they came, with all that
 * comes between them, and before any checkpoint or watermark: what leaves is the same as one by
 * one.
 *
 * <p>An operator and not a function, because only that is told of a checkpoint before it begins.
 */
public final class DecodeOperator extends AbstractStreamOperator<ImageEvent>
    implements OneInputStreamOperator<SourceRecord, ImageEvent>, BoundedOneInput {

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", RecordFormats.typeOf(RecordFormats.DEAD_LETTER));

  /** Images without a label, and that what is asked of others is closed: removed, or labelled. */
  public static final OutputTag<ImageQuestion> QUESTIONS =
      new OutputTag<>("questions", RecordFormats.typeOf(RecordFormats.IMAGE_QUESTION));

  static final long GATHER_MILLIS = 5;

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DecodeOperator.class);

  private final PipelineSettings settings;
  private final Attempts attempts;
  private final DecoderFactory decoders;
  private final SkippedRecords skipped;
  private transient PartitionCounts counts;
  private transient ListState<Tuple3<Integer, Long, Long>> savedCounts;
  private transient ListState<Tuple2<Integer, Long>> savedQuestions;
  private transient ImageRecordParser parser;
  private transient ImageFetch fetch;
  private transient ContentDecoder decoder;
  private transient EventWindows eventWindows;
  private transient long watermark;

  /** What is to be done with each record that was gathered, given what became of the images. */
  private transient List<Outcome> outcomes;

  private transient List<byte[]> encoded;
  private transient OneShotTimer timer;
  private transient Counter images;
  private transient Counter imagesOfOneColour;
  private transient Counter questions;
  private transient Counter deadLetters;
  private transient Counter recordsGone;
  private transient Map<String, Counter> deadLettersByReason;

  /** What comes of a record. */
  @FunctionalInterface
  private interface Outcome {

    void of(List<DecodedImage> decoded);
  }

  /** Makes the decoder of the options where the operator runs. */
  @FunctionalInterface
  interface DecoderFactory extends Serializable {

    ContentDecoder of(PipelineSettings settings);
  }

  public DecodeOperator(PipelineSettings settings) {
    this(settings, Attempts.usual(), PipelineSettings::contentDecoder);
  }

  /**
   * A decoder.
   *
   * @param attempts before a record that fails is put aside
   */
  DecodeOperator(PipelineSettings settings, Attempts attempts, DecoderFactory decoders) {
    this.settings = settings;
    this.attempts = attempts;
    this.decoders = decoders;
    this.skipped = settings.skipped(InputTopic.IMAGES);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    TaskManagerChecks.at(
        getRuntimeContext().getTaskInfo(),
        context.isRestored(),
        () -> {
          TaskManagerChecks.imageAddresses(settings);
          TaskManagerChecks.backbone(
              settings,
              getRuntimeContext(),
              getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration());
        });
    counts = new PartitionCounts();
    savedCounts = context.getOperatorStateStore().getUnionListState(PartitionCounts.STATE);
    counts.restore(savedCounts.get());
    savedQuestions = context.getOperatorStateStore().getUnionListState(PartitionCounts.QUESTIONS);
    counts.restoreQuestions(savedQuestions.get());
  }

  @Override
  public void open() throws Exception {
    super.open();
    counts.show(getMetricGroup());
    parser = settings.parser();
    eventWindows = EventWindows.of(settings).orElse(null);
    watermark = Long.MIN_VALUE;
    fetch = ImageFetch.of(settings);
    decoder = decoders.of(settings);
    outcomes = new ArrayList<>();
    encoded = new ArrayList<>();
    timer = new OneShotTimer(getProcessingTimeService(), this::emit);
    images = getMetricGroup().counter("images");
    imagesOfOneColour = getMetricGroup().counter("imagesOfOneColour");
    questions = getMetricGroup().counter("questions");
    deadLetters = getMetricGroup().counter("deadLetters");
    recordsGone = getMetricGroup().counter("recordsGone");
    deadLettersByReason = new HashMap<>();
  }

  @Override
  public void processElement(StreamRecord<SourceRecord> element) {
    SourceRecord source = element.getValue();
    StreamRecord<?> place = element.copy(null);
    outcomes.add(
        attempts.of(
            getRuntimeContext(),
            () -> outcomeOf(source, place),
            failure -> rejected(DeadLetter.of(source, Attempts.rejection(failure)), place)));
    if (encoded.isEmpty() || encoded.size() >= decoder.together()) {
      emit();
    } else {
      timer.set(GATHER_MILLIS);
    }
  }

  /** Decodes what was gathered, and puts out what comes of each record, in order. */
  private void emit() {
    if (outcomes.isEmpty()) {
      return;
    }
    List<DecodedImage> decoded =
        attempts.of(getRuntimeContext(), () -> decoder.decode(encoded), this::decodeOneByOne);
    outcomes.forEach(outcome -> outcome.of(decoded));
    outcomes.clear();
    encoded.clear();
  }

  /** Only those are put aside that fail by themselves. */
  private List<DecodedImage> decodeOneByOne(Throwable failureOfAll) {
    return encoded.stream()
        .map(
            image ->
                attempts.of(
                    getRuntimeContext(),
                    () -> decoder.decode(List.of(image)).get(0),
                    failure ->
                        new DecodedImage(
                            null, false, 0, UndecodableImageException.eachTime(failure))))
        .toList();
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    attempts.checkpointCompleted();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    emit();
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    emit();
    watermark = mark.getTimestamp();
    super.processWatermark(mark);
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    emit();
    super.processWatermarkStatus(status);
  }

  @Override
  public void endInput() {
    emit();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    savedCounts.update(counts.save());
    savedQuestions.update(counts.saveQuestions());
  }

  /**
   * What is to come of a record. Nothing is counted or put out before it is its turn.
   *
   * @param place to put it out with the record's time
   */
  private Outcome outcomeOf(SourceRecord source, StreamRecord<?> place) {
    if (source.gap() != null) {
      return decoded -> passOver(source.gap(), place);
    }
    Optional<RejectedRecord> skip = skipped.rejection(source);
    ParsedRecord parsed = skip.isPresent() ? skip.get() : parser.parse(source);
    if (parsed instanceof ImageRemoved removed) {
      return decoded -> {
        counts.read(source);
        put(place, ImageEvent.removed(removed.id()).at(counts.placeOf(source)));
        ask(place, ImageQuestion.closed(removed.id(), counts.placeOf(source)));
      };
    }
    if (parsed instanceof ImageReferenced referenced) {
      return isLate(referenced.label(), referenced.capturedAt())
          ? late(source, referenced.capturedAt(), place)
          : fetched(source, referenced, place);
    }
    if (parsed instanceof ImageReceived received) {
      return isLate(received.label(), received.capturedAt())
          ? late(source, received.capturedAt(), place)
          : decoded(source, received, place);
    }
    return rejected(DeadLetter.of(source, (RejectedRecord) parsed), place);
  }

  /**
   * Whether the window of an image is over, which is then neither fetched nor decoded. A question
   * comes in no window.
   */
  private boolean isLate(String label, long capturedAt) {
    return label != null && eventWindows != null && eventWindows.isOver(capturedAt, watermark);
  }

  private Outcome late(SourceRecord source, long capturedAt, StreamRecord<?> place) {
    String why = eventWindows.describeLate(capturedAt, watermark);
    return rejected(new DeadLetter(source, DeadLetter.LATE, why), place);
  }

  private Outcome fetched(SourceRecord source, ImageReferenced referenced, StreamRecord<?> place) {
    try {
      return decoded(source, referenced.with(fetch.read(referenced.address())), place);
    } catch (ImageFetch.NotFetchedException e) {
      return rejected(DeadLetter.of(source, e.toRecord()), place);
    }
  }

  private Outcome decoded(SourceRecord source, ImageReceived received, StreamRecord<?> place) {
    int row = encoded.size();
    encoded.add(received.encoded());
    return decoded -> take(source, received, decoded.get(row), place);
  }

  private void take(
      SourceRecord source, ImageReceived received, DecodedImage decoded, StreamRecord<?> place) {
    counts.read(source);
    try {
      ImageContent content = decoded.orThrow();
      if (received.label() == null) {
        counts.question(source);
        questions.inc();
        put(place, ImageEvent.replaced(received.id(), counts.placeOf(source)));
        ask(
            place,
            new ImageQuestion(
                received.id(), received.capturedAt(), content, counts.placeOf(source)));
        return;
      }
      images.inc();
      if (decoded.ofOneColour()) {
        imagesOfOneColour.inc();
      }
      put(
          place,
          ImageEvent.arrived(
                  new LabeledImage(received.id(), received.label(), received.capturedAt(), content),
                  decoded.nanos())
              .at(counts.placeOf(source)));
      ask(place, ImageQuestion.closed(received.id(), counts.placeOf(source)));
    } catch (UndecodableImageException e) {
      String reason = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
      reject(new DeadLetter(source, "image-" + reason, e.getMessage()), place);
    }
  }

  private void passOver(OffsetGap gap, StreamRecord<?> place) {
    counts.gone(gap);
    recordsGone.inc(gap.records());
    write(gap.toDeadLetter(), place);
  }

  private void put(StreamRecord<?> place, ImageEvent event) {
    output.collect(place.copy(null).replace(event));
  }

  private void ask(StreamRecord<?> place, ImageQuestion question) {
    output.collect(QUESTIONS, place.copy(null).replace(question));
  }

  private Outcome rejected(DeadLetter letter, StreamRecord<?> place) {
    return decoded -> {
      counts.read(letter.source());
      reject(letter, place);
    };
  }

  private void reject(DeadLetter letter, StreamRecord<?> place) {
    counts.deadLetter(letter.source());
    write(letter, place);
  }

  private void write(DeadLetter letter, StreamRecord<?> place) {
    deadLetters.inc();
    deadLettersByReason
        .computeIfAbsent(
            letter.errorClass(),
            reason -> getMetricGroup().addGroup("reason", reason).counter("deadLettersByReason"))
        .inc();
    LOG.debug(
        "Record {} is a dead letter: {}: {}",
        letter.source().position(),
        letter.errorClass(),
        letter.errorMessage());
    output.collect(DEAD_LETTERS, place.copy(null).replace(letter));
  }
}
