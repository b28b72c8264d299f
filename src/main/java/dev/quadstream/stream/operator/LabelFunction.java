package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.LabelReceived;
import dev.quadstream.kafka.LabelRecordParser;
import dev.quadstream.kafka.ParsedLabel;
import dev.quadstream.kafka.RejectedRecord;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.format.LabelLedger.Place;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.WaitingQuestion;
import dev.quadstream.stream.options.LabelConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.SkippedRecords;
import dev.quadstream.stream.options.SkippedRecords.InputTopic;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Joins images and labels that come apart, in either order. Of images that come with their label
 * only the ids come here, which end what waits under them, so that a run of such images is what it
 * is without this. The windows, which had them straight, are told of each that has been here.
 *
 * <p>An image without a label goes on as a question at once, and waits beside it. With its label it
 * goes to the windows as any other. It waits on after that: what is said of it later corrects it,
 * and what is withdrawn may be said anew. A label of an image that does not wait here goes to the
 * windows as a correction of what their memories hold, and waits for the image.
 *
 * <p>All under one key: what waits is bounded by its number, and what has waited for longest goes
 * first, which no subtask could tell of the others' keys. Times are those of the job's clock.
 */
public final class LabelFunction
    extends KeyedCoProcessFunction<Integer, ImageQuestion, SourceRecord, ImageEvent>
    implements CheckpointListener {

  /** Images without a label, and those that are gone or have one by now. */
  public static final OutputTag<ImageQuestion> QUESTIONS =
      new OutputTag<>("unlabelled", RecordFormats.typeOf(RecordFormats.IMAGE_QUESTION));

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("no-labels", RecordFormats.typeOf(RecordFormats.DEAD_LETTER));

  private static final long serialVersionUID = 1L;
  private static final long TIMER_MILLIS = 1_000;

  private final long waitMillis;
  private final int capacity;
  private final SkippedRecords skipped;
  private final Attempts attempts;

  private transient LabelRecordParser parser;
  private transient WaitingById<WaitingQuestion> images;
  private transient LabelAccounts labels;
  private transient LabelMetrics metrics;

  public LabelFunction(PipelineSettings settings) {
    this(settings, Attempts.usual());
  }

  /**
   * A function before its first image or label.
   *
   * @param attempts before a label that fails is put aside
   */
  LabelFunction(PipelineSettings settings, Attempts attempts) {
    this.attempts = attempts;
    this.waitMillis = settings.get(LabelConfig.WAIT).toMillis();
    this.capacity = settings.get(LabelConfig.CAPACITY);
    this.skipped = settings.skipped(InputTopic.LABELS);
  }

  @Override
  public void open(OpenContext context) {
    parser = new LabelRecordParser();
    images =
        new WaitingById<>(
            getRuntimeContext(), "images", RecordFormats.typeOf(RecordFormats.WAITING_QUESTION));
    labels = new LabelAccounts(getRuntimeContext(), capacity);
    metrics = new LabelMetrics(getRuntimeContext().getMetricGroup());
  }

  @Override
  public void processElement1(ImageQuestion question, Context context, Collector<ImageEvent> out)
      throws Exception {
    Optional<String> before = images.remove(question.id()).map(WaitingQuestion::label);
    Optional<String> waiting =
        labels.end(question.id(), question.isClosed() ? Place.SUPERSEDED : Place.MET);
    if (question.isClosed()) {
      context.output(QUESTIONS, question);
    } else {
      arrive(question, waiting.or(() -> before).orElse(null), context, out);
    }
    if (question.place() != null) {
      out.collect(ImageEvent.passed(question.id(), question.place()));
    }
    show();
  }

  private void arrive(
      ImageQuestion question, String label, Context context, Collector<ImageEvent> out)
      throws Exception {
    if (label == null) {
      context.output(QUESTIONS, question);
    } else {
      forward(question, label, context, out);
    }
    images.add(question.id(), now(context), new WaitingQuestion(question, label));
    while (images.size() > capacity) {
      WaitingById.Entry<WaitingQuestion> oldest = images.oldest().orElseThrow();
      images.remove(oldest.id());
      metrics.imagePushedOut(oldest.value());
    }
    wakeUp(context, now(context) + waitMillis);
  }

  @Override
  public void processElement2(SourceRecord source, Context context, Collector<ImageEvent> out)
      throws Exception {
    if (source.gap() != null) {
      metrics.deadLetter();
      context.output(DEAD_LETTERS, source.gap().toDeadLetter());
      return;
    }
    Optional<RejectedRecord> skip = skipped.rejection(source);
    ParsedLabel parsed =
        skip.isPresent()
            ? skip.get()
            : attempts.of(getRuntimeContext(), () -> parser.parse(source), Attempts::rejection);
    if (parsed instanceof RejectedRecord rejected) {
      labels.read(Place.DEAD_LETTERS);
      metrics.deadLetter();
      context.output(DEAD_LETTERS, DeadLetter.of(source, rejected));
    } else if (parsed instanceof LabelReceived received) {
      LabelUpdate update = new LabelUpdate(received.id(), received.label());
      if (update.isWithdrawal()) {
        withdraw(update, out);
      } else {
        label(update, context, out);
      }
    }
    show();
  }

  private void label(LabelUpdate update, Context context, Collector<ImageEvent> out)
      throws Exception {
    Optional<WaitingQuestion> image = images.get(update.id());
    if (image.isEmpty()) {
      labels.await(update.id(), now(context), update.label());
      wakeUp(context, now(context) + waitMillis);
      out.collect(ImageEvent.corrected(update));
      return;
    }
    ImageQuestion question = image.get().question();
    String before = image.get().label();
    if (update.label().equals(before)) {
      labels.read(Place.SUPERSEDED);
      return;
    }
    images.replace(update.id(), new WaitingQuestion(question, update.label()));
    if (before == null) {
      labels.read(Place.MET);
      forward(question, update.label(), context, out);
    } else {
      labels.read(Place.CORRECTIONS);
      out.collect(ImageEvent.corrected(update));
    }
  }

  private void withdraw(LabelUpdate update, Collector<ImageEvent> out) throws Exception {
    labels.read(Place.WITHDRAWN);
    labels.end(update.id(), Place.SUPERSEDED);
    Optional<WaitingQuestion> image = images.get(update.id());
    if (image.isPresent()) {
      images.replace(update.id(), new WaitingQuestion(image.get().question(), null));
    }
    out.collect(ImageEvent.corrected(update));
  }

  /** Sends an image with its label to the windows, and asks no longer what it shows. */
  private static void forward(
      ImageQuestion question, String label, Context context, Collector<ImageEvent> out) {
    context.output(QUESTIONS, ImageQuestion.closed(question.id(), question.place()));
    out.collect(ImageEvent.labelled(question.labelled(label), question.place()));
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    attempts.checkpointCompleted();
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<ImageEvent> out)
      throws Exception {
    Optional<WaitingById.Entry<WaitingQuestion>> image = images.oldest();
    while (image.isPresent() && image.get().since() + waitMillis <= time) {
      images.remove(image.get().id());
      metrics.imageExpired(image.get().value());
      image = images.oldest();
    }
    OptionalLong label = labels.expire(time - waitMillis);
    // Their own timers may have been set when labels.wait was another one.
    if (image.isPresent()) {
      wakeUp(context, image.get().since() + waitMillis);
    }
    if (label.isPresent()) {
      wakeUp(context, label.getAsLong() + waitMillis);
    }
    show();
  }

  /** At the end of a second, so that there are few timers for many that wait. */
  private static void wakeUp(Context context, long time) {
    context.timerService().registerProcessingTimeTimer((time / TIMER_MILLIS + 1) * TIMER_MILLIS);
  }

  private static long now(Context context) {
    return context.timerService().currentProcessingTime();
  }

  private void show() throws Exception {
    metrics.show(labels.ledger(), images.size());
  }
}
