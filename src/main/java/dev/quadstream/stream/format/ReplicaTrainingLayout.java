package dev.quadstream.stream.format;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.BackboneSpec;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.training.Replica;
import dev.quadstream.training.TrainerState;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ReplicaTrainingLayout {

  private static final PairedTests.Since TESTS = new PairedTests.Since(6, 7, 8);

  private ReplicaTrainingLayout() {}

  static void write(ReplicaTraining value, DataOutputView out) throws IOException {
    TrainerState trainer = value.trainer();
    writeSpec(value.spec(), out);
    out.writeLong(trainer.version());
    NetworkFields.writeState(trainer.network(), out);
    NetworkFields.writeState(trainer.average(), out);
    NetworkFields.writeMeans(trainer.means(), out);
    out.writeInt(trainer.warmUpWindowsLeft());
    NetworkFields.writeState(trainer.fallback(), out);
    out.writeInt(trainer.refusedInARow());
    out.writeLong(trainer.refused());
    out.writeLong(trainer.collapses());
    out.writeBoolean(trainer.resumed());
    writeProgress(value.progress(), out);
  }

  static ReplicaTraining read(int version, DataInputView in) throws IOException {
    if (version < 4) {
      return readEarlier(version, in);
    }
    return new ReplicaTraining(readSpec(in), readTrainer(version, in), readProgress(version, in));
  }

  /** Before there were rounds; the only network of the run was number 0 of 1. */
  private static ReplicaTraining readEarlier(int version, DataInputView in) throws IOException {
    String run = Fields.readText(in);
    in.readInt();
    in.readInt();
    NetworkSpec spec = readSpec(in);
    long published = in.readLong();
    TrainerState trainer = readTrainer(version, in);
    WindowId last = trainer.version() == 0 ? null : new WindowId(run, trainer.version() - 1, 1);
    return new ReplicaTraining(
        spec, trainer, new Replica.Progress(last, published, 0, false, List.of(), null, List.of()));
  }

  private static void writeProgress(Replica.Progress progress, DataOutputView out)
      throws IOException {
    out.writeBoolean(progress.last() != null);
    if (progress.last() != null) {
      WindowFields.writeId(progress.last(), out);
    }
    out.writeLong(progress.ended());
    out.writeInt(progress.trained());
    out.writeBoolean(progress.rolledBack());
    Fields.writeList(
        progress.open(),
        out,
        (end, to) -> {
          to.writeLong(end.version());
          NetworkFields.writeParameters(end.parameters(), to);
          NetworkFields.writeMeans(end.means(), to);
        });
    NetworkFields.writeParametersOrNone(progress.start(), out);
    Fields.writeList(progress.tests(), out, PairedTests::write);
  }

  private static Replica.Progress readProgress(int version, DataInputView in) throws IOException {
    return new Replica.Progress(
        in.readBoolean() ? WindowFields.readId(in) : null,
        in.readLong(),
        in.readInt(),
        in.readBoolean(),
        Fields.readList(
            in,
            from ->
                new Replica.RoundEnd(
                    from.readLong(),
                    NetworkFields.readParameters(from),
                    NetworkFields.readMeans(from))),
        version > 4 ? NetworkFields.readParametersOrNone(in) : null,
        PairedTests.readList(TESTS, version, in));
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
        NetworkFields.readMeans(in),
        in.readInt(),
        readNetwork(version, in),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        version > 4 && in.readBoolean());
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
    if (spec.trunk() == TrunkKind.ADAPTER) {
      out.writeUTF(spec.backbone().sha256());
      out.writeInt(spec.backbone().features());
      out.writeUTF(spec.backbone().feeding());
    }
  }

  private static NetworkSpec readSpec(DataInputView in) throws IOException {
    TrunkKind trunk = TrunkKind.valueOf(in.readUTF());
    ImageShape input = new ImageShape(in.readByte(), in.readShort(), in.readShort());
    int embeddingSize = in.readInt();
    MetricKind metric = MetricKind.valueOf(in.readUTF());
    UpdaterKind updater = UpdaterKind.valueOf(in.readUTF());
    double learningRate = in.readDouble();
    long seed = in.readLong();
    BackboneSpec backbone =
        trunk == TrunkKind.ADAPTER
            ? new BackboneSpec(in.readUTF(), in.readInt(), in.readUTF())
            : null;
    return new NetworkSpec(
        trunk, input, backbone, embeddingSize, metric, updater, learningRate, seed);
  }

  private static NetworkState readNetwork(int version, DataInputView in) throws IOException {
    return version < 3
        ? new NetworkState(readTrunkAndHead(in), in.readInt())
        : NetworkFields.readState(in);
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
