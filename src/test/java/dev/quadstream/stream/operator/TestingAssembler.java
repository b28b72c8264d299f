package dev.quadstream.stream.operator;

import dev.quadstream.metric.Margins;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.ImageWindow;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ShardBatch;
import dev.quadstream.stream.format.ShardMemory;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.QuadstreamOptions;
import dev.quadstream.stream.options.Shards;
import dev.quadstream.training.TrainingBatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;

/**
 * The assemble operator as one subtask of it runs, with the models that a trainer would publish.
 */
final class TestingAssembler implements AutoCloseable {

  private static final Map<NetworkSpec, byte[]> MODEL_FILES = new ConcurrentHashMap<>();

  private final PipelineSettings settings;
  private final int[] keys;
  private final KeyedBroadcastOperatorTestHarness<Integer, ImageWindow, ModelManifest, ShardBatch>
      harness;

  /** One subtask of several, fresh where {@code restored} is null. */
  TestingAssembler(
      PipelineSettings settings, int parallelism, int subtask, OperatorSubtaskState restored)
      throws Exception {
    this.settings = settings;
    // A local, so that the key selector carries no more than it.
    int[] keys = Shards.keys(settings.shards());
    this.keys = keys;
    this.harness =
        new KeyedBroadcastOperatorTestHarness<>(
            new CoBroadcastWithKeyedOperator<>(
                new AssembleFunction(settings), List.of(AssembleFunction.KNOWN_MODELS)),
            window -> keys[window.shard()],
            Types.INT,
            Shards.MAX_PARALLELISM,
            parallelism,
            subtask);
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.SHARD_BATCH)));
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
  }

  TestingAssembler(PipelineSettings settings) throws Exception {
    this(settings, 1, 0, null);
  }

  void window(int shard, long number) throws Exception {
    window(TestingPipeline.window(shard, number));
  }

  void window(ImageWindow window) throws Exception {
    harness.processElement(window, window.window());
  }

  void manifest(ModelManifest manifest) throws Exception {
    harness.processBroadcastElement(manifest, 0);
  }

  void endOfInput() throws Exception {
    harness.watermark(Long.MAX_VALUE);
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  List<ShardBatch> output() {
    return harness.extractOutputValues();
  }

  /** The batches without the time that they took, which no two runs share. */
  List<TrainingBatch> batches() {
    return output().stream().map(TestingAssembler::untimed).toList();
  }

  List<Long> windows() {
    return batches().stream().map(TrainingBatch::window).toList();
  }

  ShardMemory state(int shard) throws Exception {
    CoBroadcastWithKeyedOperator<?, ?, ?, ?> operator =
        (CoBroadcastWithKeyedOperator<?, ?, ?, ?>) harness.getOperator();
    operator.setCurrentKey(keys[shard]);
    return operator
        .getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, AssembleFunction.MEMORY)
        .value();
  }

  /** A shard's state as it is written, under a name that all runs share. */
  byte[] stateBytes(int shard) throws Exception {
    ShardMemory state = state(shard);
    return TestingPipeline.bytes(
        new ShardMemory(
            "any", state.nextWindow(), state.publishing(), state.memory(), state.waiting()),
        RecordFormats.typeOf(RecordFormats.SHARD_MEMORY));
  }

  /** Puts a model into the registry; a version has the same parameters in every run. */
  static ModelManifest publish(PipelineSettings settings, String run, int shard, long version) {
    NetworkSpec configured = settings.network();
    NetworkSpec spec =
        new NetworkSpec(
            configured.trunk(),
            configured.input(),
            configured.embeddingSize(),
            configured.metric(),
            configured.updater(),
            configured.learningRate(),
            100 * shard + version);
    Margins margins = new Margins(0.5, 0.25);
    byte[] bytes = MODEL_FILES.computeIfAbsent(spec, key -> modelFile(key, version, margins));
    return new ModelRegistry(settings.registryDirectory())
        .publish(
            ModelManifest.draft(
                new ModelManifest.Identity(
                    settings.get(QuadstreamOptions.NETWORK_NAME), run, shard, version),
                version - 1,
                version,
                new ModelManifest.Network(
                    spec.configHash(),
                    "small",
                    "learned",
                    spec.embeddingSize(),
                    spec.input().toString()),
                new ModelManifest.Margins(margins.first(), margins.second()),
                Map.of()),
            bytes);
  }

  /** A manifest that says of a model's file that it is one of another run or version. */
  static ModelManifest forged(ModelManifest truth, String run, long version) {
    ModelManifest.Identity identity =
        new ModelManifest.Identity(truth.identity().name(), run, truth.identity().shard(), version);
    return new ModelManifest(
        truth.formatVersion(),
        identity,
        version - 1,
        truth.file(),
        truth.createdAt(),
        truth.network(),
        truth.margins(),
        truth.metrics());
  }

  private static byte[] modelFile(NetworkSpec spec, long version, Margins margins) {
    try (QuadrupletNetwork network = QuadrupletNetwork.create(spec)) {
      return ModelFile.write(
          network, new ModelInfo(version, margins.first(), margins.second(), Map.of()));
    }
  }

  /** Publishes a version of this run and tells the assembler of it. */
  void model(int shard, long version) throws Exception {
    manifest(publish(settings, state(shard).run(), shard, version));
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }

  private static TrainingBatch untimed(ShardBatch shardBatch) {
    TrainingBatch batch = shardBatch.batch();
    return new TrainingBatch(
        batch.shard(),
        batch.window(),
        batch.miningVersion(),
        batch.images(),
        batch.windowImages(),
        batch.quadruplets(),
        batch.quadrupletsAsked(),
        batch.removedIds(),
        batch.prequential(),
        batch.memorySize(),
        batch.memoryClasses(),
        Map.of());
  }
}
