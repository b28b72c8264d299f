package dev.quadstream.stream.operator;

import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.format.ReplicaTraining;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.ReplicaKeys;
import dev.quadstream.training.BatchAssembler;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.MiningModel;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The train operator as one subtask of it runs. */
public final class TestingTrainer implements AutoCloseable {

  private final int[] keys;
  private final TrainOperator operator;
  private final KeyedOneInputStreamOperatorTestHarness<Integer, TrainingBatch, WindowReport>
      harness;

  /** Fresh where {@code restored} is null. */
  public TestingTrainer(PipelineSettings settings, OperatorSubtaskState restored) throws Exception {
    this(settings, restored, PipelineSettings.LARGEST_RECORD);
  }

  TestingTrainer(PipelineSettings settings, OperatorSubtaskState restored, long largestRecord)
      throws Exception {
    this.keys = ReplicaKeys.of(settings.replicas());
    this.operator = new TrainOperator(settings, largestRecord);
    this.harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator,
            batch -> ReplicaKeys.of(batch.id().replica(), batch.id().replicas()),
            Types.INT,
            ReplicaKeys.MAX_PARALLELISM,
            1,
            0);
    harness.setCheckpointStorage(TestingPipeline.roomyStorage());
    harness.setup(TestingPipeline.serializer(RecordFormats.typeOf(RecordFormats.REPORT)));
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
  }

  public TestingTrainer(PipelineSettings settings) throws Exception {
    this(settings, null);
  }

  /** Batches of the first windows, mined with the initial network. */
  static List<TrainingBatch> batches(PipelineSettings settings, int count) {
    List<TrainingBatch> batches = new ArrayList<>();
    BatchAssembler assembler = new BatchAssembler(settings.mining());
    ExemplarMemory memory = new ExemplarMemory(settings.mining().memoryCapacity());
    try (QuadrupletNetwork network = QuadrupletNetwork.create(settings.network())) {
      MiningModel model = new MiningModel(0, network, new Margins(1, 0.5));
      for (int window = 0; window < count; window++) {
        batches.add(assembler.assemble(TestingPipeline.window(settings, window), memory, model));
      }
    }
    return batches;
  }

  void train(List<TrainingBatch> batches) throws Exception {
    for (TrainingBatch batch : batches) {
      harness.processElement(batch, 0);
    }
  }

  void endOfInput() throws Exception {
    harness.endInput();
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  /** What a checkpoint holds now. */
  public ReplicaTraining state() throws Exception {
    snapshot();
    operator.setCurrentKey(keys[0]);
    return operator
        .getKeyedStateBackend()
        .getPartitionedState(
            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, TrainOperator.TRAINING)
        .value();
  }

  List<WindowReport> reports() {
    return harness.extractOutputValues();
  }

  List<Contribution> contributions() {
    return values(harness.getSideOutput(TrainOperator.CONTRIBUTIONS));
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }

  private static <T> List<T> values(Collection<StreamRecord<T>> records) {
    return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
  }
}
