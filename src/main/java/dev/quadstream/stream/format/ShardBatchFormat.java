package dev.quadstream.stream.format;

import dev.quadstream.metric.Quadruplet;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.TrainingBatch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ShardBatchFormat implements RecordFormat<ShardBatch> {

  @Override
  public String name() {
    return "shard-batch";
  }

  @Override
  public Class<ShardBatch> type() {
    return ShardBatch.class;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public void write(ShardBatch value, DataOutputView out) throws IOException {
    TrainingBatch batch = value.batch();
    Fields.writeText(value.run(), out);
    out.writeBoolean(value.publish());
    out.writeInt(batch.shard());
    out.writeLong(batch.window());
    out.writeLong(batch.miningVersion());
    Fields.writeList(batch.images(), out, ImageFields::writeImage);
    out.writeInt(batch.windowImages());
    Fields.writeList(batch.quadruplets(), out, ShardBatchFormat::writeQuadruplet);
    out.writeInt(batch.quadrupletsAsked());
    Fields.writeList(batch.removedIds(), out, Fields::writeText);
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
  }

  @Override
  public ShardBatch read(int version, DataInputView in) throws IOException {
    return new ShardBatch(
        Fields.readText(in),
        in.readBoolean(),
        new TrainingBatch(
            in.readInt(),
            in.readLong(),
            in.readLong(),
            Fields.readList(in, ImageFields::readImage),
            in.readInt(),
            Fields.readList(in, ShardBatchFormat::readQuadruplet),
            in.readInt(),
            Fields.readList(in, Fields::readText),
            new Prequential(in.readInt(), in.readInt(), in.readInt()),
            in.readInt(),
            in.readInt(),
            readStages(in)));
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
