package dev.quadstream.stream.format;

import dev.quadstream.image.ImageShape;
import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.training.TrainerState;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ShardTrainingFormat implements RecordFormat<ShardTraining> {

  @Override
  public String name() {
    return "shard-training";
  }

  @Override
  public Class<ShardTraining> type() {
    return ShardTraining.class;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public void write(ShardTraining value, DataOutputView out) throws IOException {
    TrainerState trainer = value.trainer();
    Fields.writeText(value.run(), out);
    out.writeInt(value.shard());
    out.writeInt(value.shards());
    writeSpec(value.spec(), out);
    out.writeLong(value.publishedVersion());
    out.writeLong(trainer.version());
    writeNetwork(trainer.network(), out);
    writeNetwork(trainer.average(), out);
    out.writeDouble(trainer.means().positive());
    out.writeDouble(trainer.means().negative());
    out.writeInt(trainer.warmUpWindowsLeft());
    writeNetwork(trainer.good(), out);
    out.writeInt(trainer.refusedInARow());
    out.writeLong(trainer.refused());
    out.writeLong(trainer.collapses());
  }

  @Override
  public ShardTraining read(int version, DataInputView in) throws IOException {
    return new ShardTraining(
        Fields.readText(in),
        in.readInt(),
        in.readInt(),
        readSpec(in),
        in.readLong(),
        readTrainer(version, in));
  }

  private static TrainerState readTrainer(int version, DataInputView in) throws IOException {
    long windows = in.readLong();
    NetworkState network = readNetwork(in);
    // The first version published the parameters themselves.
    NetworkState average = version == 1 ? network.parametersAlone() : readNetwork(in);
    return new TrainerState(
        windows,
        network,
        average,
        new DistanceMeans(in.readDouble(), in.readDouble()),
        in.readInt(),
        readNetwork(in),
        in.readInt(),
        in.readLong(),
        in.readLong());
  }

  private static void writeSpec(NetworkSpec spec, DataOutputView out) throws IOException {
    out.writeUTF(spec.trunk().name());
    out.writeByte(spec.input().channels());
    out.writeShort(spec.input().height());
    out.writeShort(spec.input().width());
    out.writeInt(spec.embeddingSize());
    out.writeUTF(spec.metric().name());
    out.writeUTF(spec.updater().name());
    out.writeDouble(spec.learningRate());
    out.writeLong(spec.seed());
  }

  private static NetworkSpec readSpec(DataInputView in) throws IOException {
    return new NetworkSpec(
        TrunkKind.valueOf(in.readUTF()),
        new ImageShape(in.readByte(), in.readShort(), in.readShort()),
        in.readInt(),
        MetricKind.valueOf(in.readUTF()),
        UpdaterKind.valueOf(in.readUTF()),
        in.readDouble(),
        in.readLong());
  }

  private static void writeNetwork(NetworkState state, DataOutputView out) throws IOException {
    Fields.writeFloats(state.trunkParameters(), out);
    Fields.writeFloats(state.trunkUpdater(), out);
    Fields.writeFloats(state.headParameters(), out);
    Fields.writeFloats(state.headUpdater(), out);
    out.writeInt(state.iteration());
  }

  private static NetworkState readNetwork(DataInputView in) throws IOException {
    return new NetworkState(
        Fields.readFloats(in),
        Fields.readFloats(in),
        Fields.readFloats(in),
        Fields.readFloats(in),
        in.readInt());
  }
}
