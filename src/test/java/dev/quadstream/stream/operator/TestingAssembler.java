package dev.quadstream.stream.operator;

import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.registry.ReleaseDecision;
import dev.quadstream.stream.TestingBatches;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ReplicaMemory;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.TrainingBatch;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/**
 * The assemble operator as one subtask of it runs, with the models that a trainer would publish.
 */
final class TestingAssembler implements AutoCloseable {

  private static final Map<NetworkSpec, byte[]> MODEL_FILES = new ConcurrentHashMap<>();

  private final PipelineSettings settings;
  private final AssembleOperator operator;
  private final KeyedTwoInputStreamOperatorTestHarness<
          Integer, ImageWindow, ModelManifest, TrainingBatch>
      harness;

  /** Fresh where {@code restored} is null. */
  TestingAssembler(PipelineSettings settings, OperatorSubtaskState restored) throws Exception {
    this(settings, restored, new AssembleOperator(settings));
  }

  /** One that gives up a window that fails at once. */
  static TestingAssembler givingUp(PipelineSettings settings) throws Exception {
    return new TestingAssembler(settings, null, new AssembleOperator(settings, new Attempts(0)));
  }

  private TestingAssembler(
      PipelineSettings settings, OperatorSubtaskState restored, AssembleOperator operator)
      throws Exception {
    this.settings = settings;
    this.operator = operator;
    this.harness =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            operator,
            window -> ReplicaKeys.of(window.id().replica(), window.id().replicas()),
            null,
            Types.INT,
            ReplicaKeys.MAX_PARALLELISM,
            1,
            0);
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.TRAINING_BATCH)));
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
  }

  TestingAssembler(PipelineSettings settings) throws Exception {
    this(settings, null);
  }

  void window(long number) throws Exception {
    window(TestingPipeline.window(settings, number));
  }

  List<EmbeddingUpdate> embeddings() {
    Queue<StreamRecord<EmbeddingUpdate>> updates =
        harness.getSideOutput(AssembleOperator.EMBEDDINGS);
    return updates == null ? List.of() : updates.stream().map(StreamRecord::getValue).toList();
  }

  List<DeadLetter> deadLetters() {
    Queue<StreamRecord<DeadLetter>> letters = harness.getSideOutput(AssembleOperator.DEAD_LETTERS);
    return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
  }

  void window(ImageWindow window) throws Exception {
    harness.processElement1(new StreamRecord<>(window));
  }

  void manifest(ModelManifest manifest) throws Exception {
    harness.processElement2(new StreamRecord<>(manifest));
  }

  void endOfInput() throws Exception {
    harness.processBothWatermarks(Watermark.MAX_WATERMARK);
  }

  /** Its synchronous part alone, as while the rest is being written. */
  void checkpointAtNextMail() {
    operator
        .getContainingTask()
        .getMailboxExecutorFactory()
        .createExecutor(operator.getOperatorConfig().getChainIndex())
        .execute(
            () ->
                operator.snapshotState(
                    2,
                    2,
                    CheckpointOptions.forCheckpointWithDefaultLocation(),
                    TestingPipeline.roomyStorage()
                        .createCheckpointStorage(new JobID())
                        .resolveCheckpointStorageLocation(
                            2, CheckpointStorageLocationReference.getDefault())),
            "checkpoint");
  }

  /** Flink's id of the job that it runs in. */
  String job() {
    return operator.getRuntimeContext().getJobInfo().getJobId().toHexString();
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  /** The batches without the time that they took, which no two runs share. */
  List<TrainingBatch> batches() {
    return output().stream().map(TestingAssembler::untimed).toList();
  }

  List<TrainingBatch> output() {
    return harness.extractOutputValues();
  }

  List<Long> windows() {
    return output().stream().map(batch -> batch.id().number()).toList();
  }

  ReplicaMemory state() throws Exception {
    return state(0, 1);
  }

  /** Of one of several replicas; null where there is none. */
  ReplicaMemory state(int replica, int replicas) throws Exception {
    operator.setCurrentKey(ReplicaKeys.of(replica, replicas));
    return operator
        .getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, AssembleOperator.MEMORY)
        .value();
  }

  /** The state as it is written. */
  byte[] stateBytes() throws Exception {
    return TestingPipeline.bytes(state(), RecordFormats.typeOf(RecordFormats.REPLICA_MEMORY));
  }

  /** Puts a model into the registry; a version has the same parameters in every run. */
  static ModelManifest publish(PipelineSettings settings, String run, long version) {
    return publish(settings, run, version, null);
  }

  /** The same with what is live as of it. */
  static ModelManifest publish(
      PipelineSettings settings, String run, long version, ReleaseDecision decision) {
    return publish(settings, run, version, decision, null);
  }

  /** The same by a job, by Flink's id. */
  static ModelManifest publish(
      PipelineSettings settings, String run, long version, ReleaseDecision decision, String job) {
    NetworkSpec configured = settings.network();
    NetworkSpec spec =
        new NetworkSpec(
            configured.trunk(),
            configured.input(),
            null,
            configured.embeddingSize(),
            configured.metric(),
            configured.updater(),
            configured.learningRate(),
            version);
    Margins margins = new Margins(0.5, 0.25);
    byte[] bytes = MODEL_FILES.computeIfAbsent(spec, key -> modelFile(key, version, margins));
    return new ModelRegistry(settings.registryDirectory())
        .publish(
            ModelManifest.draft(
                    new ModelManifest.Identity(settings.get(NetworkConfig.NAME), run, version),
                    version - 1,
                    version,
                    new ModelManifest.Network(
                        spec.configHash(),
                        "small",
                        "learned",
                        spec.embeddingSize(),
                        spec.input().toString(),
                        null),
                    new ModelManifest.Margins(margins.first(), margins.second()),
                    Map.of())
                .of(job)
                .with(decision),
            bytes);
  }

  /** A manifest that says of a model's file that it is one of another run or version. */
  static ModelManifest forged(ModelManifest truth, String run, long version) {
    ModelManifest.Identity identity =
        new ModelManifest.Identity(truth.identity().name(), run, version);
    return new ModelManifest(
        truth.formatVersion(),
        identity,
        version - 1,
        truth.file(),
        truth.createdAt(),
        truth.network(),
        truth.margins(),
        truth.metrics(),
        truth.release(),
        truth.job());
  }

  private static byte[] modelFile(NetworkSpec spec, long version, Margins margins) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      return ModelFile.write(
          network, new ModelInfo(version, margins.first(), margins.second(), Map.of()));
    }
  }

  /** Publishes a version as of which another, or itself, is live. */
  void model(long version, long live) throws Exception {
    manifest(
        publish(
            settings,
            TestingPipeline.RUN,
            version,
            new ReleaseDecision(live, null, "gate", "waiting", false, List.of(), null)));
  }

  /** Publishes a version of this run and tells the assembler of it. */
  void model(long version) throws Exception {
    manifest(publish(settings, TestingPipeline.RUN, version));
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }

  private static TrainingBatch untimed(TrainingBatch batch) {
    return TestingBatches.with(batch, Map.of(), List.of(), batch.tests().paired());
  }
}
