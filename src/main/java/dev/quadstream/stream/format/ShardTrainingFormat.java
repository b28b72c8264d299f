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
import java.util.ArrayList;
import java.util.List;
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
    return 3;
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
    NetworkState network = readNetwork(version, in);
    // The first version published the parameters themselves.
    NetworkState average = version == 1 ? network.parametersAlone() : readNetwork(version, in);
    return new TrainerState(
        windows,
        network,
        average,
        new DistanceMeans(in.readDouble(), in.readDouble()),
        in.readInt(),
        readNetwork(version, in),
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
    out.writeInt(state.chains().size());
    for (NetworkState.Chain chain : state.chains()) {
      out.writeUTF(chain.name());
      Fields.writeFloats(chain.parameters(), out);
      Fields.writeFloats(chain.updater(), out);
    }
    out.writeInt(state.iteration());
  }

  private static NetworkState readNetwork(int version, DataInputView in) throws IOException {
    List<NetworkState.Chain> chains = version < 3 ? readTrunkAndHead(in) : readChains(in);
    return new NetworkState(chains, in.readInt());
  }

  private static List<NetworkState.Chain> readChains(DataInputView in) throws IOException {
    List<NetworkState.Chain> chains = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      chains.add(
          new NetworkState.Chain(in.readUTF(), Fields.readFloats(in), Fields.readFloats(in)));
    }
    return chains;
  }

  /** The first two versions had no names, and an empty head for the Euclidean metric. */
  private static List<NetworkState.Chain> readTrunkAndHead(DataInputView in) throws IOException {
    NetworkState.Chain trunk =
        new NetworkState.Chain("trunk", Fields.readFloats(in), Fields.readFloats(in));
    NetworkState.Chain head =
        new NetworkState.Chain("head", Fields.readFloats(in), Fields.readFloats(in));
    return head.parameters().length == 0 ? List.of(trunk) : List.of(trunk, head);
  }
}
