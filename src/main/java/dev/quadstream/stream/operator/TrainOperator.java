package dev.quadstream.stream.operator;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ReplicaTraining;
import dev.quadstream.stream.operator.BatchEmbedder.Embedded;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.FinalFailure;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.Replica;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.TrainingDivergedException;
import dev.quadstream.training.WindowFigures;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Trains a replica of the model, one window after the other, and puts out the report, the updated
 * embeddings of the batch's images, and at the end of a round what the replica brings to the merge.
 *
 * <p>The images are embedded beside the training of the next batch ({@link BatchEmbedder}). Before
 * a checkpoint's barrier, a watermark and the end of the input, all of it has been sent.
 *
 * <p>An operator and not a function, because the parameters are copied into state when a checkpoint
 * asks for them and not after each window: at 60 million parameters it is 0.9 GB.
 */
public final class TrainOperator extends AbstractStreamOperator<WindowReport>
    implements OneInputStreamOperator<TrainingBatch, WindowReport>, BoundedOneInput {

  public static final OutputTag<EmbeddingUpdate> EMBEDDINGS =
      new OutputTag<>("embeddings", RecordFormats.typeOf(RecordFormats.EMBEDDING_UPDATE));
  public static final OutputTag<Contribution> CONTRIBUTIONS =
      new OutputTag<>("contributions", RecordFormats.typeOf(RecordFormats.CONTRIBUTION));

  /** Assembling and training go on at the same time, each with half of the native threads. */
  static final int SHARES = 2;

  private static final long serialVersionUID = 1L;
  private static final double NANOS_PER_MILLI = 1e6;
  static final ValueStateDescriptor<ReplicaTraining> TRAINING =
      new ValueStateDescriptor<>("training", RecordFormats.typeOf(RecordFormats.REPLICA_TRAINING));

  private final PipelineSettings settings;

  private transient ReplicaState<ReplicaTraining> state;
  private transient Map<Integer, Worker> workers;
  private transient RegistryModelStore store;
  private transient TrainMetrics trainMetrics;
  private transient MailboxExecutor mailbox;

  public TrainOperator(PipelineSettings settings) {
    this.settings = settings;
  }

  /** One replica at work. */
  private static final class Worker {
    private final Replica replica;
    private final CheckpointCopy copy;
    private final BatchEmbedder embedder;
    private WindowReport last;
    private Unsent unsent;

    Worker(Replica replica, CheckpointCopy copy, BatchEmbedder embedder) {
      this.replica = replica;
      this.copy = copy;
      this.embedder = embedder;
    }

    void close() {
      embedder.close();
      replica.close();
    }
  }

  /**
   * A batch that was trained on, while its images are embedded.
   *
   * @param batch with its images
   * @param report of the training
   * @param stages further ones, to be completed
   * @param embedded its images under the parameters after it
   */
  private record Unsent(
      TrainingBatch batch,
      StreamRecord<WindowReport> report,
      Map<String, Double> stages,
      CompletableFuture<Embedded> embedded) {}

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state = new ReplicaState<>(this, context.getKeyedStateStore(), TRAINING);
  }

  @Override
  public void open() throws Exception {
    super.open();
    TaskManagerChecks.at(getRuntimeContext(), this::requireFit);
    NativeThreads.share(SHARES);
    mailbox = MailboxWait.mailboxOf(this);
    workers = new HashMap<>();
    store = RegistryModelStore.ofTrainer(settings);
    trainMetrics = new TrainMetrics(getMetricGroup());
    restore();
  }

  @Override
  public void processElement(StreamRecord<TrainingBatch> element) throws Exception {
    TrainingBatch batch = element.getValue();
    Worker worker = workerOf(batch.id());
    WindowReport report = train(worker, batch);
    worker.last = report;
    trainMetrics.trained(report);
    Map<String, Double> stages = new LinkedHashMap<>();
    if (batch.publish()) {
      // First, since the merge waits for it, and mining for that.
      long start = System.nanoTime();
      bring(worker);
      stages.put("publish", (System.nanoTime() - start) / NANOS_PER_MILLI);
    }
    send(worker);
    StreamRecord<WindowReport> out = new StreamRecord<>(report);
    if (element.hasTimestamp()) {
      out.setTimestamp(element.getTimestamp());
    }
    Unsent unsent =
        new Unsent(
            batch,
            out,
            stages,
            worker.embedder.embed(worker.replica.trainer().network(), batch.images()));
    worker.unsent = unsent;
    // With no further batch to come, nothing else would send this one's.
    unsent.embedded.whenComplete(
        (embedded, failure) -> mailbox.execute(() -> sendIfLast(worker, unsent), "embeddings"));
  }

  /** The worker of a window's replica, in place of those of before their number changed. */
  private Worker workerOf(WindowId window) throws Exception {
    Integer key = (Integer) getCurrentKey();
    for (Integer other : List.copyOf(workers.keySet())) {
      if (!workers.get(other).replica.isAmongThoseOf(window)) {
        Worker ended = workers.remove(other);
        send(ended);
        ended.close();
        state.clear(other);
      }
    }
    setCurrentKey(key);
    return workers.computeIfAbsent(key, absent -> newWorker(window.replica(), null));
  }

  private void sendIfLast(Worker worker, Unsent unsent) throws Exception {
    if (worker.unsent == unsent) {
      send(worker);
    }
  }

  /** Sends what is not sent yet of the batch before, once its images are embedded. */
  private void send(Worker worker) throws Exception {
    Unsent unsent = worker.unsent;
    if (unsent == null) {
      return;
    }
    worker.unsent = null;
    Embedded embedded = unsent.embedded.get();
    long start = System.nanoTime();
    emit(unsent, embedded.embeddings());
    long took = System.nanoTime() - start;
    trainMetrics.embedded(embedded.embeddings().length, embedded.nanos() + took);
    unsent.stages.put("embedUpdated", embedded.nanos() / NANOS_PER_MILLI);
    unsent.stages.put("serialise", took / NANOS_PER_MILLI);
    // Last, so that it tells the time of all of it.
    output.collect(unsent.report.replace(unsent.report.getValue().withStages(unsent.stages)));
  }

  private void sendAll() throws Exception {
    for (Worker worker : workers.values()) {
      send(worker);
    }
  }

  /** What a checkpoint counts as trained has been sent before it. */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    sendAll();
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    sendAll();
    super.processWatermark(mark);
  }

  /** What is left of the last round, so that a drained job leaves nothing unpublished. */
  @Override
  public void endInput() throws Exception {
    sendAll();
    for (Worker worker : workers.values()) {
      if (worker.replica.isWithinRound()) {
        bring(worker);
      }
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    Object currentKey = getCurrentKey();
    for (Map.Entry<Integer, Worker> entry : workers.entrySet()) {
      Worker worker = entry.getValue();
      state.update(
          entry.getKey(),
          new ReplicaTraining(
              settings.network(),
              worker.copy.take(context.getCheckpointId()),
              worker.replica.progress()));
    }
    if (currentKey != null) {
      setCurrentKey(currentKey);
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    workers.values().forEach(worker -> worker.copy.completed(checkpointId));
  }

  @Override
  public void close() throws Exception {
    if (workers != null) {
      workers.values().forEach(Worker::close);
    }
    super.close();
  }

  /** Restarting would only meet the same windows again. */
  private WindowReport train(Worker worker, TrainingBatch batch) throws Exception {
    try {
      return worker.replica.train(batch);
    } catch (TrainingDivergedException e) {
      // The reports of what led there are of use to whoever reads the error.
      sendAll();
      throw FinalFailure.of(e);
    }
  }

  private void requireFit() {
    TaskManagerChecks.libraries(getRuntimeContext());
    TaskManagerChecks.resources(
        settings,
        getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration(),
        System.getenv(),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * Takes up the replicas of a checkpoint before the first batch: what does not fit is refused at
   * once, and an input that ends right away still gets its last model published.
   */
  private void restore() throws Exception {
    for (Integer key : state.keys()) {
      ReplicaTraining saved = state.value(key);
      WindowId last = saved.progress().last();
      if (last != null && !settings.mayRescale()) {
        RestoreCheck.requireSameReplicas(last.replicas(), settings.replicas());
      }
      RestoreCheck.requireSameNetwork(saved.spec(), settings.network());
      workers.put(key, newWorker(last == null ? 0 : last.replica(), saved));
    }
  }

  private Worker newWorker(int number, ReplicaTraining saved) {
    QuadrupletTrainer trainer =
        new QuadrupletTrainer(settings.training(), QuadrupletNetwork.create(settings.network()));
    if (saved != null) {
      trainer.restore(saved.trainer());
    }
    return new Worker(
        new Replica(
            trainer,
            store,
            settings.outerStep(),
            saved == null ? Replica.Progress.NONE : saved.progress()),
        new CheckpointCopy(trainer, getKeyedStateBackend()),
        new BatchEmbedder(settings.network(), "embed replica " + number));
  }

  private void emit(Unsent unsent, float[][] embeddings) {
    TrainingBatch batch = unsent.batch;
    long version = unsent.report.getValue().identity().version();
    List<LabeledImage> images = batch.images();
    for (int row = 0; row < embeddings.length; row++) {
      LabeledImage image = images.get(row);
      EmbeddingUpdate update =
          new EmbeddingUpdate(
              batch.id().run(),
              image.id(),
              image.label(),
              version,
              batch.id().number(),
              embeddings[row]);
      output.collect(EMBEDDINGS, new StreamRecord<>(update));
    }
    for (String id : batch.removedIds()) {
      EmbeddingUpdate removal =
          new EmbeddingUpdate(batch.id().run(), id, null, version, batch.id().number(), null);
      output.collect(EMBEDDINGS, new StreamRecord<>(removal));
    }
  }

  private void bring(Worker worker) {
    output.collect(
        CONTRIBUTIONS, new StreamRecord<>(worker.replica.endRound(WindowFigures.of(worker.last))));
  }
}
