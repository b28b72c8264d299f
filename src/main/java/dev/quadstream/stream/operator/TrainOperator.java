package dev.quadstream.stream.operator;

import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ReplicaTraining;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.FinalFailure;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.Replica;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.TrainingDivergedException;
import dev.quadstream.training.WindowFigures;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Trains a replica of the model, one window after the other, and puts out the report, and at the
 * end of a round what the replica brings to the merge.
 *
 * <p>An operator and not a function, because the parameters are copied into state when a checkpoint
 * asks for them and not after each window: at 60 million parameters it is 0.9 GB.
 */
public final class TrainOperator extends AbstractStreamOperator<WindowReport>
    implements OneInputStreamOperator<TrainingBatch, WindowReport>, BoundedOneInput {

  public static final OutputTag<Contribution> CONTRIBUTIONS =
      new OutputTag<>("contributions", RecordFormats.typeOf(RecordFormats.CONTRIBUTION));

  private static final long serialVersionUID = 1L;
  private static final double NANOS_PER_MILLI = 1e6;
  static final ValueStateDescriptor<ReplicaTraining> TRAINING =
      new ValueStateDescriptor<>("training", RecordFormats.typeOf(RecordFormats.REPLICA_TRAINING));

  private final PipelineSettings settings;
  private final long largestRecord;

  private transient ReplicaState<ReplicaTraining> state;
  private transient Map<Integer, Worker> workers;
  private transient RegistryModelStore store;
  private transient ContributionStore contributions;
  private transient long checkpoint;
  private transient TrainMetrics trainMetrics;

  /**
   * An operator before its first window.
   *
   * @param largestRecord the most bytes of parameters that stay in their record
   */
  public TrainOperator(PipelineSettings settings, long largestRecord) {
    this.settings = settings;
    this.largestRecord = largestRecord;
  }

  /** One replica at work. */
  private static final class Worker {
    private final Replica replica;
    private final CheckpointCopy copy;
    private WindowReport last;

    Worker(Replica replica, CheckpointCopy copy) {
      this.replica = replica;
      this.copy = copy;
    }
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    TaskManagerChecks.at(getRuntimeContext().getTaskInfo(), context.isRestored(), this::requireFit);
    state = new ReplicaState<>(this, context.getKeyedStateStore(), TRAINING);
    checkpoint = context.getRestoredCheckpointId().orElse(0);
  }

  @Override
  public void open() throws Exception {
    super.open();
    NativeThreads.comeFirst();
    workers = new HashMap<>();
    store = RegistryModelStore.ofTrainer(settings);
    contributions = new ContributionStore(settings);
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
    if (batch.publish()) {
      long start = System.nanoTime();
      bring(worker);
      report = report.withStages(Map.of("publish", (System.nanoTime() - start) / NANOS_PER_MILLI));
    }
    output.collect(element.replace(report));
  }

  /** The worker of a window's replica, in place of those of before their number changed. */
  private Worker workerOf(WindowId window) throws Exception {
    Integer key = (Integer) getCurrentKey();
    for (Integer other : List.copyOf(workers.keySet())) {
      if (!workers.get(other).replica.hasSameReplicasAs(window)) {
        workers.remove(other).replica.close();
        state.clear(other);
      }
    }
    setCurrentKey(key);
    return workers.computeIfAbsent(key, absent -> newWorker(null));
  }

  /** What is left of the last round, so that a drained job leaves nothing unpublished. */
  @Override
  public void endInput() throws Exception {
    for (Worker worker : workers.values()) {
      if (worker.replica.isWithinRound()) {
        bring(worker);
      }
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    checkpoint = context.getCheckpointId();
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
      workers.values().forEach(worker -> worker.replica.close());
    }
    super.close();
  }

  /** Restarting would only meet the same windows again. */
  private WindowReport train(Worker worker, TrainingBatch batch) throws Exception {
    try {
      return worker.replica.train(batch);
    } catch (TrainingDivergedException e) {
      throw FinalFailure.of(e);
    }
  }

  private void requireFit() {
    TaskManagerChecks.libraries(getRuntimeContext());
    TaskManagerChecks.memory(
        settings, getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration());
  }

  /**
   * Takes up the replicas of a checkpoint before the first batch: what does not fit is refused at
   * once, and an input that ends right away still gets its last model published. How many replicas
   * they are one of, the windows alone know: while that changes, it is the number before.
   */
  private void restore() throws Exception {
    for (Integer key : state.keys()) {
      ReplicaTraining saved = state.value(key);
      RestoreCheck.requireSameNetwork(saved.spec(), settings.network());
      workers.put(key, newWorker(saved));
    }
  }

  private Worker newWorker(ReplicaTraining saved) {
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
        new CheckpointCopy(trainer, getKeyedStateBackend()));
  }

  /** A record of that size would lie on the heap of both ends. */
  private Contribution sent(Contribution contribution) {
    return contribution.parameters() instanceof HeldParameters held && held.bytes() > largestRecord
        ? contributions.store(contribution, held, checkpoint)
        : contribution;
  }

  private void bring(Worker worker) {
    Contribution contribution = worker.replica.endRound(WindowFigures.of(worker.last));
    output.collect(CONTRIBUTIONS, new StreamRecord<>(sent(contribution)));
  }
}
