package dev.quadstream.stream.operator;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ShardTraining;
import dev.quadstream.stream.format.TrainedModel;
import dev.quadstream.stream.operator.BatchEmbedder.Embedded;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.QuadrupletTrainer;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.TrainingDivergedException;
import dev.quadstream.training.WindowReport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Trains the network of each shard, one window after the other, and puts out the report, the
 * updated embeddings of the batch's images, and a model where the batch asks for one.
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
  public static final OutputTag<TrainedModel> MODELS =
      new OutputTag<>("models", RecordFormats.typeOf(RecordFormats.TRAINED_MODEL));

  /** Assembling and training go on at the same time, each with half of the native threads. */
  static final int SHARES = 2;

  private static final long serialVersionUID = 1L;
  private static final double NANOS_PER_MILLI = 1e6;
  static final ValueStateDescriptor<ShardTraining> TRAINING =
      new ValueStateDescriptor<>("training", RecordFormats.typeOf(RecordFormats.SHARD_TRAINING));

  private final PipelineSettings settings;

  private transient ReplicaState<ShardTraining> state;
  private transient Map<Integer, Shard> shards;
  private transient TrainMetrics trainMetrics;
  private transient MailboxExecutor mailbox;

  public TrainOperator(PipelineSettings settings) {
    this.settings = settings;
  }

  /** One shard at work. */
  private static final class Shard {
    private final String run;
    private final int number;
    private final QuadrupletTrainer trainer;
    private final CheckpointCopy copy;
    private final BatchEmbedder embedder;
    private long publishedVersion;
    private WindowReport last;
    private Unsent unsent;

    Shard(
        String run,
        int number,
        QuadrupletTrainer trainer,
        CheckpointCopy copy,
        BatchEmbedder embedder,
        long publishedVersion) {
      this.run = run;
      this.number = number;
      this.trainer = trainer;
      this.copy = copy;
      this.embedder = embedder;
      this.publishedVersion = publishedVersion;
    }

    void close() {
      embedder.close();
      trainer.close();
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
    shards = new HashMap<>();
    trainMetrics = new TrainMetrics(getMetricGroup());
    restoreShards();
  }

  @Override
  public void processElement(StreamRecord<TrainingBatch> element) throws Exception {
    TrainingBatch batch = element.getValue();
    Shard shard =
        shards.computeIfAbsent(
            (Integer) getCurrentKey(), key -> newShard(batch.id().run(), batch.id().replica(), 0));
    WindowReport report = train(shard, batch);
    shard.last = report;
    trainMetrics.trained(report);
    Map<String, Double> stages = new LinkedHashMap<>();
    if (batch.publish()) {
      // First, since mining waits for it.
      long start = System.nanoTime();
      publish(shard);
      stages.put("publish", (System.nanoTime() - start) / NANOS_PER_MILLI);
    }
    send(shard);
    StreamRecord<WindowReport> out = new StreamRecord<>(report);
    if (element.hasTimestamp()) {
      out.setTimestamp(element.getTimestamp());
    }
    Unsent unsent =
        new Unsent(
            batch, out, stages, shard.embedder.embed(shard.trainer.network(), batch.images()));
    shard.unsent = unsent;
    // With no further batch to come, nothing else would send this one's.
    unsent.embedded.whenComplete(
        (embedded, failure) -> mailbox.execute(() -> sendIfLast(shard, unsent), "embeddings"));
  }

  private void sendIfLast(Shard shard, Unsent unsent) throws Exception {
    if (shard.unsent == unsent) {
      send(shard);
    }
  }

  /** Sends what is not sent yet of the batch before, once its images are embedded. */
  private void send(Shard shard) throws Exception {
    Unsent unsent = shard.unsent;
    if (unsent == null) {
      return;
    }
    shard.unsent = null;
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
    for (Shard shard : shards.values()) {
      send(shard);
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

  /** The last model of each shard, so that a drained job leaves nothing unpublished. */
  @Override
  public void endInput() throws Exception {
    sendAll();
    for (Shard shard : shards.values()) {
      if (shard.trainer.version() > shard.publishedVersion) {
        publish(shard);
      }
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    Object currentKey = getCurrentKey();
    for (Map.Entry<Integer, Shard> entry : shards.entrySet()) {
      Shard shard = entry.getValue();
      state.update(
          entry.getKey(),
          new ShardTraining(
              shard.run,
              shard.number,
              settings.replicas(),
              settings.network(),
              shard.publishedVersion,
              shard.copy.take(context.getCheckpointId())));
    }
    if (currentKey != null) {
      setCurrentKey(currentKey);
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    shards.values().forEach(shard -> shard.copy.completed(checkpointId));
  }

  @Override
  public void close() throws Exception {
    if (shards != null) {
      shards.values().forEach(Shard::close);
    }
    super.close();
  }

  /** Restarting would only meet the same windows again. */
  private WindowReport train(Shard shard, TrainingBatch batch) throws Exception {
    try {
      return shard.trainer.train(batch);
    } catch (TrainingDivergedException e) {
      // The reports of what led there are of use to whoever reads the error.
      sendAll();
      throw new SuppressRestartsException(e);
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
   * Takes up all shards of a checkpoint before the first batch: what does not fit is refused at
   * once, and an input that ends right away still gets its last models published.
   */
  private void restoreShards() throws Exception {
    for (Integer key : state.keys()) {
      ShardTraining saved = state.value(key);
      RestoreCheck.requireSameNetwork(saved.spec(), settings.network());
      Shard shard = newShard(saved.run(), saved.shard(), saved.publishedVersion());
      shards.put(key, shard);
      shard.trainer.restore(saved.trainer());
    }
  }

  private Shard newShard(String run, int number, long publishedVersion) {
    QuadrupletTrainer trainer =
        new QuadrupletTrainer(settings.training(), QuadrupletNetwork.create(settings.network()));
    return new Shard(
        run,
        number,
        trainer,
        new CheckpointCopy(trainer, getKeyedStateBackend()),
        new BatchEmbedder(settings.network(), "embed shard " + number),
        publishedVersion);
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

  private void publish(Shard shard) {
    NetworkSpec spec = settings.network();
    long version = shard.trainer.version();
    Margins margins = shard.trainer.margins();
    byte[] bytes =
        ModelFile.write(
            shard.trainer.network(),
            new ModelInfo(version, margins.first(), margins.second(), Map.of()));
    ModelManifest draft =
        ModelManifest.draft(
            new ModelManifest.Identity(
                settings.get(NetworkConfig.NAME), shard.run, shard.number, version),
            version - 1,
            System.currentTimeMillis(),
            new ModelManifest.Network(
                spec.configHash(),
                spec.trunk().name().toLowerCase(Locale.ROOT),
                spec.metric().name().toLowerCase(Locale.ROOT),
                spec.embeddingSize(),
                spec.input().toString()),
            new ModelManifest.Margins(margins.first(), margins.second()),
            TrainMetrics.figuresOf(shard.last));
    output.collect(MODELS, new StreamRecord<>(new TrainedModel(draft, bytes)));
    shard.publishedVersion = version;
  }
}
