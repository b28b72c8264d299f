package dev.quadstream.stream.format;

import dev.quadstream.metric.Quadruplet;
import dev.quadstream.training.LateLabels;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.Prequential;
import dev.quadstream.training.TrainingBatch;
import dev.quadstream.training.WindowId;
import dev.quadstream.training.WindowReport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class TrainingBatchLayout {

  private static final PairedTests.Since TESTS = new PairedTests.Since(4, 7, 8);

  private TrainingBatchLayout() {}

  static void write(TrainingBatch batch, DataOutputView out) throws IOException {
    WindowFields.writeId(batch.id(), out);
    out.writeBoolean(batch.publish());
    out.writeLong(batch.miningVersion());
    Fields.writeList(batch.mined().images(), out, ImageFields::writeImage);
    out.writeInt(batch.mined().windowImages());
    Fields.writeList(batch.mined().quadruplets(), out, TrainingBatchLayout::writeQuadruplet);
    out.writeInt(batch.mined().asked());
    Fields.writeList(batch.changes().removedIds(), out, Fields::writeText);
    out.writeInt(batch.changes().lateLabels().arrived());
    out.writeInt(batch.changes().lateLabels().corrected());
    out.writeInt(batch.changes().lateLabels().withdrawn());
    out.writeInt(batch.tests().prequential().tested());
    out.writeInt(batch.tests().prequential().correct());
    out.writeInt(batch.tests().prequential().newClasses());
    out.writeInt(batch.memory().size());
    out.writeInt(batch.memory().classes());
    out.writeInt(batch.stageNanos().size());
    for (Map.Entry<String, Long> stage : batch.stageNanos().entrySet()) {
      Fields.writeText(stage.getKey(), out);
      out.writeLong(stage.getValue());
    }
    Fields.writeList(batch.ledger(), out, WindowFields::writeLedger);
    out.writeBoolean(batch.tests().paired() != null);
    if (batch.tests().paired() != null) {
      PairedTests.write(batch.tests().paired(), out);
    }
  }

  static TrainingBatch read(int version, DataInputView in) throws IOException {
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
    long miningVersion = in.readLong();
    TrainingBatch.Mined mined =
        new TrainingBatch.Mined(
            Fields.readList(in, ImageFields::readImage),
            in.readInt(),
            Fields.readList(in, TrainingBatchLayout::readQuadruplet),
            in.readInt());
    TrainingBatch.Changes changes =
        new TrainingBatch.Changes(
            Fields.readList(in, Fields::readText),
            version < 6
                ? LateLabels.NONE
                : new LateLabels(in.readInt(), in.readInt(), in.readInt()));
    Prequential prequential = new Prequential(in.readInt(), in.readInt(), in.readInt());
    WindowReport.Memory memory = new WindowReport.Memory(in.readInt(), in.readInt());
    Map<String, Long> stages = readStages(in);
    List<PartitionLedger> ledger =
        version < 3
            ? List.of()
            : Fields.readList(
                in, partition -> WindowFields.readLedger(version < 5 ? 1 : 2, partition));
    PairedTest paired =
        version < TESTS.tests() || !in.readBoolean() ? null : PairedTests.read(TESTS, version, in);
    return new TrainingBatch(
        id,
        publish,
        miningVersion,
        mined,
        changes,
        new TrainingBatch.Tests(prequential, paired),
        memory,
        stages,
        ledger);
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
