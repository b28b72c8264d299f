package dev.quadstream.stream.operator;

import dev.quadstream.image.ContentReader;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.ImageReceived;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageReferenced;
import dev.quadstream.kafka.ImageRemoved;
import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.ParsedRecord;
import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.RejectionReason;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.ImageAddresses;
import dev.quadstream.stream.options.ImageConfig;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.SkippedRecords;
import dev.quadstream.stream.startup.TaskManagerChecks;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes to pixels, and those to features where there is a backbone. What cannot be read becomes a
 * dead letter, as it came; nothing here throws for a record's sake.
 */
public final class DecodeFunction extends ProcessFunction<SourceRecord, ImageEvent>
    implements CheckpointedFunction {

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", RecordFormats.typeOf(RecordFormats.DEAD_LETTER));

  /** Images without a label, and those that are removed, with or without one. */
  public static final OutputTag<ImageQuestion> QUESTIONS =
      new OutputTag<>("questions", RecordFormats.typeOf(RecordFormats.IMAGE_QUESTION));

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DecodeFunction.class);

  private static final RejectedRecord SKIPPED =
      new RejectedRecord(
          RejectionReason.SKIPPED,
          "The option %s names this record.".formatted(KafkaConfig.SKIP.key()));

  private final PipelineSettings settings;
  private final SkippedRecords skipped;
  private transient PartitionCounts counts;
  private transient ListState<Tuple3<Integer, Long, Long>> savedCounts;
  private transient ListState<Tuple2<Integer, Long>> savedQuestions;
  private transient ImageRecordParser parser;
  private transient ImageFetch fetch;
  private transient ImageDecoder decoder;
  private transient ContentReader reader;
  private transient EventWindows eventWindows;
  private transient Counter images;
  private transient Counter imagesOfOneColour;
  private transient Counter questions;
  private transient Counter deadLetters;
  private transient Counter recordsGone;
  private transient Map<String, Counter> deadLettersByReason;

  public DecodeFunction(PipelineSettings settings) {
    this.settings = settings;
    this.skipped = SkippedRecords.of(settings.get(KafkaConfig.SKIP));
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    TaskManagerChecks.at(
        getRuntimeContext().getTaskInfo(),
        context.isRestored(),
        () -> TaskManagerChecks.backbone(settings, getRuntimeContext()));
    counts = new PartitionCounts();
    savedCounts = context.getOperatorStateStore().getUnionListState(PartitionCounts.STATE);
    counts.restore(savedCounts.get());
    savedQuestions = context.getOperatorStateStore().getUnionListState(PartitionCounts.QUESTIONS);
    counts.restoreQuestions(savedQuestions.get());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    savedCounts.update(counts.save());
    savedQuestions.update(counts.saveQuestions());
  }

  @Override
  public void open(OpenContext context) {
    counts.show(getRuntimeContext().getMetricGroup());
    parser = settings.parser();
    eventWindows = EventWindows.of(settings).orElse(null);
    fetch =
        new ImageFetch(
            ImageAddresses.of(settings.get(ImageConfig.ADDRESSES)),
            settings.imageLimits().maxEncodedBytes());
    decoder = settings.imageDecoder(settings.shape());
    reader = settings.content();
    images = getRuntimeContext().getMetricGroup().counter("images");
    imagesOfOneColour = getRuntimeContext().getMetricGroup().counter("imagesOfOneColour");
    questions = getRuntimeContext().getMetricGroup().counter("questions");
    deadLetters = getRuntimeContext().getMetricGroup().counter("deadLetters");
    recordsGone = getRuntimeContext().getMetricGroup().counter("recordsGone");
    deadLettersByReason = new HashMap<>();
  }

  @Override
  public void processElement(SourceRecord source, Context context, Collector<ImageEvent> out) {
    if (source.gap() != null) {
      passOver(source.gap(), context);
      return;
    }
    counts.read(source);
    ParsedRecord parsed = skipped.contains(source) ? SKIPPED : parser.parse(source);
    if (parsed instanceof RejectedRecord rejected) {
      reject(DeadLetter.of(source, rejected), context);
    } else if (parsed instanceof ImageRemoved removed) {
      out.collect(ImageEvent.removed(removed.id()).at(counts.placeOf(source)));
      context.output(QUESTIONS, ImageQuestion.closed(removed.id()));
    } else if (parsed instanceof ImageReferenced referenced) {
      if (!isLate(source, referenced.label(), referenced.capturedAt(), context)) {
        fetch(source, referenced, context, out);
      }
    } else if (parsed instanceof ImageReceived received) {
      if (!isLate(source, received.label(), received.capturedAt(), context)) {
        decode(source, received, context, out);
      }
    }
  }

  /**
   * Makes an image whose window is over a dead letter, before it is fetched or decoded. A question
   * comes in no window.
   */
  private boolean isLate(SourceRecord source, String label, long capturedAt, Context context) {
    long watermark = context.timerService().currentWatermark();
    if (label == null || eventWindows == null || !eventWindows.isOver(capturedAt, watermark)) {
      return false;
    }
    String why = eventWindows.whyLate(capturedAt, watermark);
    reject(new DeadLetter(source, DeadLetter.LATE, why), context);
    return true;
  }

  private void fetch(
      SourceRecord source, ImageReferenced referenced, Context context, Collector<ImageEvent> out) {
    byte[] encoded;
    try {
      encoded = fetch.read(referenced.address());
    } catch (ImageFetch.NotFetchedException e) {
      reject(DeadLetter.of(source, e.toRecord()), context);
      return;
    }
    decode(source, referenced.with(encoded), context, out);
  }

  private void decode(
      SourceRecord source, ImageReceived received, Context context, Collector<ImageEvent> out) {
    long start = System.nanoTime();
    try {
      PixelImage pixels = decoder.decode(received.encoded());
      ImageContent content = reader.read(pixels);
      if (received.label() == null) {
        ask(source, received, content, context);
        return;
      }
      LabeledImage image =
          new LabeledImage(received.id(), received.label(), received.capturedAt(), content);
      images.inc();
      if (pixels.isOfOneColour()) {
        imagesOfOneColour.inc();
      }
      out.collect(ImageEvent.arrived(image, System.nanoTime() - start).at(counts.placeOf(source)));
    } catch (UndecodableImageException e) {
      String reason = e.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
      reject(new DeadLetter(source, "image-" + reason, e.getMessage()), context);
    }
  }

  private void passOver(OffsetGap gap, Context context) {
    counts.gone(gap);
    recordsGone.inc(gap.records());
    LOG.warn(gap.why());
    write(gap.toDeadLetter(), context);
  }

  private void ask(
      SourceRecord source, ImageReceived received, ImageContent content, Context context) {
    counts.question(source);
    questions.inc();
    context.output(
        QUESTIONS,
        new ImageQuestion(received.id(), received.capturedAt(), content, counts.placeOf(source)));
  }

  private void reject(DeadLetter letter, Context context) {
    counts.deadLetter(letter.source());
    write(letter, context);
  }

  private void write(DeadLetter letter, Context context) {
    deadLetters.inc();
    deadLettersByReason
        .computeIfAbsent(
            letter.errorClass(),
            reason ->
                getRuntimeContext()
                    .getMetricGroup()
                    .addGroup("reason", reason)
                    .counter("deadLettersByReason"))
        .inc();
    LOG.debug(
        "Record {} is a dead letter: {}: {}",
        letter.source().position(),
        letter.errorClass(),
        letter.errorMessage());
    context.output(DEAD_LETTERS, letter);
  }
}
