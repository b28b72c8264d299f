package dev.quadstream.stream.operator;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ReplicaMemory;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.AssembledWindow;
import dev.quadstream.training.BatchAssembler;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.MiningModel;
import dev.quadstream.training.MiningModels;
import dev.quadstream.training.ReleasedImage;
import dev.quadstream.training.ReleasedVectors;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Windows to training batches, each with the model version that its number asks for, and the
 * embeddings of their images by the model that was live as of it.
 *
 * <p>A window whose model is not there yet waits in state. When more than {@code
 * mining.waiting-windows} of them wait, each further one is taken up the more slowly the more there
 * are, which holds the stream back, and lets checkpoints pass in between. That ends, because the
 * trainer needs nothing more from here to reach that version.
 *
 * <p>An operator and not a function, because it waits in its mailbox.
 */
public final class AssembleOperator extends AbstractStreamOperator<TrainingBatch>
    implements TwoInputStreamOperator<ImageWindow, ModelManifest, TrainingBatch> {

  static final ValueStateDescriptor<ReplicaMemory> MEMORY =
      new ValueStateDescriptor<>("memory", RecordFormats.typeOf(RecordFormats.REPLICA_MEMORY));

  public static final OutputTag<EmbeddingUpdate> EMBEDDINGS =
      new OutputTag<>("embeddings", RecordFormats.typeOf(RecordFormats.EMBEDDING_UPDATE));

  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("given-up", RecordFormats.typeOf(RecordFormats.DEAD_LETTER));

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(AssembleOperator.class);
  private static final String WINDOW_FAILED = "window-failed";

  /** That a window is held back for each that waits beyond those that may. */
  private static final Duration HELD_BACK = Duration.ofSeconds(1);

  private static final Duration MODEL_TIMEOUT = Duration.ofMinutes(5);

  private final PipelineSettings settings;
  private final int staleness;
  private final int maxWaiting;
  private final Attempts attempts;
  private final PlacedDeadLetters deadLetters;

  private transient BatchAssembler assembler;
  private transient ListState<Tuple2<Long, Long>> savedPlaces;
  private transient ListState<Tuple2<String, Long>> savedBounds;
  private transient ModelLineage lineage;
  private transient long met;
  private transient AnnouncedModels announced;
  private transient RegistryModelStore store;
  private transient MiningModels models;
  private transient MiningModels released;
  private transient MailboxWait wait;
  private transient ReplicaState<ReplicaMemory> state;
  private transient AssembleMetrics metrics;

  public AssembleOperator(PipelineSettings settings) {
    this(settings, Attempts.usual());
  }

  /**
   * An assembler.
   *
   * @param attempts before a window that fails is given up
   */
  AssembleOperator(PipelineSettings settings, Attempts attempts) {
    this.settings = settings;
    this.attempts = attempts;
    this.deadLetters = new PlacedDeadLetters(settings.topics().images());
    this.staleness = settings.get(MiningConfig.STALENESS);
    this.maxWaiting = settings.get(MiningConfig.WAITING_WINDOWS);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    TaskManagerChecks.at(
        getRuntimeContext().getTaskInfo(),
        context.isRestored(),
        () -> TaskManagerChecks.embedding(settings, getRuntimeContext()));
    state = new ReplicaState<>(this, context.getKeyedStateStore(), MEMORY);
    savedPlaces = context.getOperatorStateStore().getUnionListState(ModelLineage.PLACES);
    savedBounds = context.getOperatorStateStore().getUnionListState(ModelLineage.BOUNDS);
    lineage =
        ModelLineage.of(
            getRuntimeContext().getJobInfo().getJobId().toHexString(),
            savedPlaces.get(),
            savedBounds.get());
    met = lineage.met();
    announced =
        new AnnouncedModels(
            context.getOperatorStateStore().getBroadcastState(AnnouncedModels.STATE),
            settings.replicas(),
            settings.get(JobConfig.PUBLISH_EVERY),
            staleness,
            lineage);
  }

  @Override
  public void open() throws Exception {
    super.open();
    assembler = new BatchAssembler(settings.mining());
    metrics = new AssembleMetrics(getMetricGroup());
    store =
        new RegistryModelStore(
            settings, announced, lineage, metrics::manifestRefused, MODEL_TIMEOUT);
    models = new MiningModels(store);
    released =
        new MiningModels(
            (run, version, reuse) -> store.released(run, version, reuse, metrics::releaseMissing));
    wait = MailboxWait.of(this);
  }

  @Override
  public void processElement1(StreamRecord<ImageWindow> element) throws Exception {
    ImageWindow window = element.getValue();
    Integer key = (Integer) getCurrentKey();
    ReplicaMemory saved = state.value();
    ReplicaMemory replica = saved == null ? newReplica(window) : withCapacity(saved);
    RestoreCheck.requireSameRun(replica.run(), window.id());
    replica.waiting().add(window);
    met = window.id().number() + 1;
    assembleReady(replica);
    int beyond = replica.waiting().size() - maxWaiting;
    state.update(key, replica);
    if (beyond > 0) {
      wait.until(
          () -> lookForOldest() && waitingOf(key) <= maxWaiting, HELD_BACK.multipliedBy(beyond));
    }
  }

  /** By the option of now, which another one may have followed since the checkpoint. */
  private ReplicaMemory withCapacity(ReplicaMemory saved) {
    int capacity = settings.mining().memoryCapacity();
    return saved.memory().capacity() == capacity
        ? saved
        : new ReplicaMemory(
            saved.run(),
            ExemplarMemory.of(capacity, saved.memory().groups()),
            saved.released(),
            saved.waiting());
  }

  /** As the state has it, which is another object once a checkpoint has passed. */
  private int waitingOf(Integer key) throws Exception {
    ReplicaMemory replica = state.value(key);
    return replica == null ? 0 : replica.waiting().size();
  }

  private String knownRun() throws Exception {
    List<Integer> keys = state.keys();
    return keys.isEmpty() ? null : state.value(keys.get(0)).run();
  }

  private ReplicaMemory newReplica(ImageWindow window) {
    announced.retainRun(window.id().run());
    return new ReplicaMemory(
        window.id().run(),
        new ExemplarMemory(settings.mining().memoryCapacity()),
        new ReleasedVectors(),
        new ArrayList<>());
  }

  @Override
  public void processElement2(StreamRecord<ModelManifest> element) throws Exception {
    announced.add(element.getValue(), knownRun());
    for (Integer key : state.keys()) {
      ReplicaMemory replica = state.value(key);
      // Another one may have taken it over.
      if (replica != null && assembleReady(replica)) {
        state.update(key, replica);
      }
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    Object key = getCurrentKey();
    long firstWaiting = Long.MAX_VALUE;
    for (Integer each : state.keys()) {
      for (ImageWindow window : state.value(each).waiting()) {
        firstWaiting = Math.min(firstWaiting, window.id().number());
      }
    }
    savedPlaces.update(List.of(Tuple2.of(met, firstWaiting)));
    savedBounds.update(lineage.saved());
    if (key != null) {
      setCurrentKey(key);
    }
  }

  /** At the end of the input the windows that still wait are assembled, in order. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.equals(Watermark.MAX_WATERMARK)) {
      while (isAnyWaiting()) {
        wait.until(this::lookForOldest, HELD_BACK);
      }
    }
    super.processWatermark(mark);
  }

  private boolean isAnyWaiting() throws Exception {
    for (Integer key : state.keys()) {
      if (!state.value(key).waiting().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    attempts.checkpointCompleted();
  }

  @Override
  public void close() throws Exception {
    if (models != null) {
      models.close();
      released.close();
    }
    super.close();
  }

  /**
   * Asks the registry for the model of each replica's oldest window; returns whether any window
   * went out. Of each one here, since after their number changed some wait for what others train.
   */
  private boolean lookForOldest() throws Exception {
    boolean any = false;
    for (Integer key : state.keys()) {
      ReplicaMemory replica = state.value(key);
      if (replica != null && !replica.waiting().isEmpty()) {
        long version = replica.waiting().get(0).miningVersion(staleness);
        if (store.lookUp(replica.run(), version) && assembleReady(replica)) {
          any = true;
          state.update(key, replica);
        }
      }
    }
    return any;
  }

  /** Assembles the windows whose model is known; returns whether there was one. */
  private boolean assembleReady(ReplicaMemory replica) throws Exception {
    boolean any = false;
    while (!replica.waiting().isEmpty()) {
      long version = replica.waiting().get(0).miningVersion(staleness);
      Optional<MiningModel> model = models.find(replica.run(), version);
      if (model.isEmpty()) {
        break;
      }
      assemble(replica, model.get());
      any = true;
    }
    metrics.waiting(replica.waiting().size());
    return any;
  }

  private void assemble(ReplicaMemory replica, MiningModel model) throws Exception {
    ImageWindow window = replica.waiting().remove(0);
    if (window.id().first() > 0 && window.id().inReplica() == 0) {
      takeOverMemories(replica, window.id());
    }
    metrics.waiting(replica.waiting().size());
    metrics.assembled(window, model.version(), replica.memory());
    AssembledWindow assembled = assembledOf(window, replica, model);
    emit(assembled);
    output.collect(new StreamRecord<>(assembled.batch()));
  }

  private void emit(AssembledWindow assembled) {
    WindowId window = assembled.batch().id();
    long version = assembled.release();
    for (ReleasedImage released : assembled.embeddings()) {
      EmbeddingUpdate update =
          new EmbeddingUpdate(
              window.run(),
              released.id(),
              released.label(),
              version,
              window.number(),
              released.embedding());
      output.collect(EMBEDDINGS, new StreamRecord<>(update));
    }
    for (String id : assembled.batch().changes().removedIds()) {
      EmbeddingUpdate removal =
          new EmbeddingUpdate(window.run(), id, null, version, window.number(), null);
      output.collect(EMBEDDINGS, new StreamRecord<>(removal));
    }
    metrics.embedded(assembled);
  }

  /**
   * The first window of a replica after their number changed: what the replicas before remember
   * here becomes its own. They are at their end, or the model of this window would not be there.
   */
  private void takeOverMemories(ReplicaMemory replica, WindowId first) throws Exception {
    SplittableRandom random =
        WindowRandom.of(
            settings.get(JobConfig.SEED), first.number(), WindowRandom.Purpose.MEMORY_TAKE_OVER);
    Integer own = ReplicaKeys.of(first.replica(), first.replicas());
    replica.released().keepOnly(replica.memory());
    for (Integer key : state.keys().stream().sorted().toList()) {
      ReplicaMemory other = state.value(key);
      if (!key.equals(own) && other.waiting().isEmpty()) {
        replica.memory().offerAll(other.memory(), random);
        state.clear(key);
      }
    }
    setCurrentKey(own);
  }

  /** What becomes of a window; of one that fails each time, dead letters. */
  private AssembledWindow assembledOf(
      ImageWindow window, ReplicaMemory replica, MiningModel model) {
    // Not an attempt: that the registry is out of reach is no fault of the window's.
    MiningModel live = released.liveAsOf(replica.run(), model);
    return attempts.of(
        getRuntimeContext(),
        () -> assembler.assemble(window, replica.memory(), model, replica.released(), live),
        failure -> givenUp(window, replica, model, failure));
  }

  private AssembledWindow givenUp(
      ImageWindow window, ReplicaMemory replica, MiningModel model, Throwable failure) {
    LOG.error("Window {} cannot be assembled; its images are dead letters.", window.id());
    metrics.unassembled();
    for (ImageEvent event : window.events()) {
      replica.memory().remove(event.id());
      if (event.isArrival()) {
        String why =
            "Window %d could not be assembled: %s.".formatted(window.id().number(), failure);
        output.collect(DEAD_LETTERS, new StreamRecord<>(deadLetters.of(event, WINDOW_FAILED, why)));
      }
    }
    return new AssembledWindow(
        TrainingBatch.unassembled(window, model.version(), replica.memory()),
        model.release(),
        List.of());
  }
}
