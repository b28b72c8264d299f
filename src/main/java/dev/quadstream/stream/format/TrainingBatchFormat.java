package dev.quadstream.stream.format;

import dev.quadstream.metric.Quadruplet;
import dev.quadstream.training.LateLabels;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TrainingBatchFormat implements RecordFormat<TrainingBatch> {

  private static final PartitionLedgerFormat LEDGER = new PartitionLedgerFormat();

  @Override
  public String name() {
    return "shard-batch";
  }

  @Override
  public Class<TrainingBatch> type() {
    return TrainingBatch.class;
  }

  @Override
  public int version() {
    return 6;
  }

  @Override
  public void write(TrainingBatch batch, DataOutputView out) throws IOException {
    WindowFields.writeId(batch.id(), out);
    out.writeBoolean(batch.publish());
    out.writeLong(batch.miningVersion());
    Fields.writeList(batch.images(), out, ImageFields::writeImage);
    out.writeInt(batch.windowImages());
    Fields.writeList(batch.quadruplets(), out, TrainingBatchFormat::writeQuadruplet);
    out.writeInt(batch.quadrupletsAsked());
    Fields.writeList(batch.removedIds(), out, Fields::writeText);
    out.writeInt(batch.lateLabels().arrived());
    out.writeInt(batch.lateLabels().corrected());
    out.writeInt(batch.lateLabels().withdrawn());
    out.writeInt(batch.prequential().tested());
    out.writeInt(batch.prequential().correct());
    out.writeInt(batch.prequential().newClasses());
    out.writeInt(batch.memorySize());
    out.writeInt(batch.memoryClasses());
    out.writeInt(batch.stageNanos().size());
    for (Map.Entry<String, Long> stage : batch.stageNanos().entrySet()) {
      Fields.writeText(stage.getKey(), out);
      out.writeLong(stage.getValue());
    }
    Fields.writeList(batch.ledger(), out, LEDGER::write);
    out.writeBoolean(batch.paired() != null);
    if (batch.paired() != null) {
      PairedTests.write(batch.paired(), out);
    }
  }

  @Override
  public TrainingBatch read(int version, DataInputView in) throws IOException {
    WindowId id;
    boolean publish;
    if (version == 1) {
      String run = Fields.readText(in);
      publish = in.readBoolean();
      in.readInt(); // The only network of the run was number 0.
      id = new WindowId(run, in.readLong(), 1);
    } else {
      id = WindowFields.readId(in);
      publish = in.readBoolean();
    }
    return new TrainingBatch(
        id,
        publish,
        in.readLong(),
        Fields.readList(in, ImageFields::readImage),
        in.readInt(),
        Fields.readList(in, TrainingBatchFormat::readQuadruplet),
        in.readInt(),
        Fields.readList(in, Fields::readText),
        version < 6 ? LateLabels.NONE : new LateLabels(in.readInt(), in.readInt(), in.readInt()),
        new Prequential(in.readInt(), in.readInt(), in.readInt()),
        in.readInt(),
        in.readInt(),
        readStages(in),
        version < 3
            ? List.of()
            : Fields.readList(in, ledger -> LEDGER.read(version < 5 ? 1 : 2, ledger)),
        version < 4 || !in.readBoolean() ? null : PairedTests.read(in));
  }

  private static void writeQuadruplet(Quadruplet quadruplet, DataOutputView out)
      throws IOException {
    out.writeInt(quadruplet.anchor());
    out.writeInt(quadruplet.positive());
    out.writeInt(quadruplet.negative());
    out.writeInt(quadruplet.secondNegative());
  }

  private static Quadruplet readQuadruplet(DataInputView in) throws IOException {
    return new Quadruplet(in.readInt(), in.readInt(), in.readInt(), in.readInt());
  }

  private static Map<String, Long> readStages(DataInputView in) throws IOException {
    int size = Fields.readLength(in);
    Map<String, Long> stages = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      stages.put(Fields.readText(in), in.readLong());
    }
    return stages;
  }
}
