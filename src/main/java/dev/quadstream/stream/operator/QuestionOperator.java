package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.TaskManagerChecks;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Embeds images without a label by the live model, a few at a time, and puts them out with no
 * label. Nothing here reaches windows, memory or training.
 *
 * <p>A question waits in state until there is a model. What waits is bounded by its bytes: beyond
 * them, and at the end of the input, the oldest become dead letters. Where an image is removed or
 * has got its label meanwhile, its question is closed.
 *
 * <p>An operator and not a function, because it answers by a timer that has no key.
 */
public final class QuestionOperator extends AbstractStreamOperator<EmbeddingUpdate>
    implements TwoInputStreamOperator<ImageQuestion, ModelManifest, EmbeddingUpdate>,
        BoundedMultiInput {

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("unanswered", RecordFormats.typeOf(RecordFormats.DEAD_LETTER));

  /** The code of a dead letter whose question no model was there for. */
  static final String NO_MODEL = "no-model";

  /** The code of a dead letter whose question the job could not get past. */
  static final String QUESTION_FAILED = "question-failed";

  /** As many at once as gain by it; more would only wait for one another. */
  static final int BATCH = 32;

  static final long BATCH_MILLIS = 5;

  /** Between two looks for a model that could not be loaded. */
  static final long RETRY_MILLIS = 1_000;

  private static final long MAX_WAITING_BYTES = 32L << 20;
  private static final long serialVersionUID = 1L;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int INPUTS = 2;

  private static final ListStateDescriptor<ImageQuestion> WAITING =
      new ListStateDescriptor<>("waiting", RecordFormats.typeOf(RecordFormats.IMAGE_QUESTION));
  private static final MapStateDescriptor<String, ModelManifest> NEWEST =
      new MapStateDescriptor<>(
          "newest-model", Types.STRING, RecordFormats.typeOf(RecordFormats.MANIFEST));
  private static final String ONLY = "";

  private final PipelineSettings settings;
  private final Attempts attempts;
  private final int maxWaiting;
  private final PlacedDeadLetters deadLetters;

  private transient ListState<ImageQuestion> savedWaiting;
  private transient BroadcastState<String, ModelManifest> newest;
  private transient Map<String, ImageQuestion> waiting;
  private transient LiveModel model;
  private transient OneShotTimer timer;
  private transient int ended;
  private transient volatile int waitingNow;
  private transient volatile double batchMillis;
  private transient Counter answered;
  private transient Counter unanswered;

  public QuestionOperator(PipelineSettings settings) {
    this(settings, Attempts.usual());
  }

  /**
   * An operator before its first question.
   *
   * @param attempts before a question that fails is put aside
   */
  QuestionOperator(PipelineSettings settings, Attempts attempts) {
    this.settings = settings;
    this.attempts = attempts;
    this.maxWaiting = maxWaiting(settings);
    this.deadLetters = new PlacedDeadLetters(settings.topics().images());
  }

  /** How many images may wait in each subtask. */
  static int maxWaiting(PipelineSettings settings) {
    return (int) Math.max(BATCH, MAX_WAITING_BYTES / settings.network().contentBytes());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    TaskManagerChecks.at(
        getRuntimeContext().getTaskInfo(),
        context.isRestored(),
        () -> TaskManagerChecks.embedding(settings, getRuntimeContext()));
    waiting = new LinkedHashMap<>();
    savedWaiting = context.getOperatorStateStore().getListState(WAITING);
    savedWaiting.get().forEach(question -> waiting.put(question.id(), question));
    newest = context.getOperatorStateStore().getBroadcastState(NEWEST);
  }

  @Override
  public void open() throws Exception {
    super.open();
    timer = new OneShotTimer(getProcessingTimeService(), this::answerInTime);
    model = new LiveModel(settings);
    for (Map.Entry<String, ModelManifest> entry : newest.immutableEntries()) {
      model.announce(entry.getValue());
    }
    answered = getMetricGroup().counter("questionsAnswered");
    unanswered = getMetricGroup().counter("questionsUnanswered");
    getMetricGroup().gauge("questionsWaiting", () -> waitingNow);
    getMetricGroup().gauge("questionBatchMillis", () -> batchMillis);
    waitingNow = waiting.size();
    schedule(BATCH_MILLIS);
  }

  @Override
  public void processElement1(StreamRecord<ImageQuestion> element) {
    ImageQuestion question = element.getValue();
    // What comes again waits behind the others.
    waiting.remove(question.id());
    if (!question.isClosed()) {
      waiting.put(question.id(), question);
      if (waiting.size() % BATCH == 0) {
        answerAll();
      }
      while (waiting.size() > maxWaiting) {
        giveUp(oldest());
      }
    }
    waitingNow = waiting.size();
    schedule(BATCH_MILLIS);
  }

  @Override
  public void processElement2(StreamRecord<ModelManifest> element) {
    if (model.announce(element.getValue())) {
      schedule(BATCH_MILLIS);
    }
  }

  /** At the end of both inputs there will be no model for what still waits. */
  @Override
  public void endInput(int inputId) {
    ended++;
    if (ended == INPUTS) {
      answerAll();
      while (!waiting.isEmpty()) {
        giveUp(oldest());
      }
      waitingNow = 0;
    }
  }

  /** Takes out the question that has waited for longest. */
  private ImageQuestion oldest() {
    Iterator<ImageQuestion> inOrder = waiting.values().iterator();
    ImageQuestion first = inOrder.next();
    inOrder.remove();
    return first;
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    savedWaiting.update(List.copyOf(waiting.values()));
    Optional<ModelManifest> known = model.newest();
    if (known.isPresent()) {
      newest.put(ONLY, known.get());
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    attempts.checkpointCompleted();
  }

  @Override
  public void close() throws Exception {
    if (model != null) {
      model.close();
    }
    super.close();
  }

  private void schedule(long millis) {
    if (!waiting.isEmpty()) {
      timer.set(millis);
    }
  }

  private void answerInTime() {
    answerAll();
    schedule(RETRY_MILLIS);
  }

  private void answerAll() {
    Optional<LiveModel.Loaded> live = model.get();
    if (live.isEmpty()) {
      return;
    }
    while (!waiting.isEmpty()) {
      List<ImageQuestion> batch = new ArrayList<>();
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(oldest());
      }
      answer(live.get(), batch);
    }
    waitingNow = 0;
  }

  private void answer(LiveModel.Loaded live, List<ImageQuestion> batch) {
    long start = System.nanoTime();
    List<ImageContent> images = batch.stream().map(ImageQuestion::image).toList();
    float[][] embeddings =
        attempts.of(
            getRuntimeContext(),
            () -> live.network().embed(images),
            failure -> answerOneByOne(live, batch, failure));
    ModelManifest.Identity identity = live.identity();
    for (int row = 0; row < embeddings.length; row++) {
      output.collect(
          new StreamRecord<>(
              new EmbeddingUpdate(
                  identity.run(),
                  batch.get(row).id(),
                  null,
                  identity.version(),
                  identity.version() - 1,
                  embeddings[row])));
    }
    answered.inc(embeddings.length);
    batchMillis = (System.nanoTime() - start) / NANOS_PER_MILLI;
  }

  /** Only those are put aside that fail by themselves; returns no embeddings. */
  private float[][] answerOneByOne(
      LiveModel.Loaded live, List<ImageQuestion> batch, Throwable failure) {
    if (batch.size() == 1) {
      giveUp(
          batch.get(0),
          QUESTION_FAILED,
          "It has no label, and to embed it failed each time: %s.".formatted(failure));
    } else {
      batch.forEach(question -> answer(live, List.of(question)));
    }
    return new float[0][];
  }

  private void giveUp(ImageQuestion question) {
    giveUp(
        question,
        NO_MODEL,
        "It has no label, and there was no model to embed it by before more of these came than may wait (%d) or the input ended."
            .formatted(maxWaiting));
  }

  private void giveUp(ImageQuestion question, String errorClass, String why) {
    unanswered.inc();
    output.collect(DEAD_LETTERS, new StreamRecord<>(deadLetters.of(question, errorClass, why)));
  }
}
