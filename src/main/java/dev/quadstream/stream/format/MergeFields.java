package dev.quadstream.stream.format;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.training.ContributedParameters;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.Rounds;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What replicas bring to a merge, and what comes of it. */
final class MergeFields {

  private static final PairedTests.Since TESTS = new PairedTests.Since(3, 4, 6);

  /** Of the JSON within, which tells its own. */
  private static final int MANIFEST_VERSION = 1;

  private MergeFields() {}

  static void writeContribution(Contribution value, DataOutputView out) throws IOException {
    WindowFields.writeId(value.last(), out);
    out.writeInt(value.trained());
    out.writeBoolean(value.parameters() instanceof StoredParameters);
    if (value.parameters() instanceof StoredParameters stored) {
      writeStored(stored, out);
    } else {
      writeHeld((HeldParameters) value.parameters(), out);
    }
    NetworkFields.writeMeans(value.means(), out);
    out.writeBoolean(value.warmingUp());
    out.writeInt(value.figures().size());
    for (Map.Entry<String, Double> figure : new TreeMap<>(value.figures()).entrySet()) {
      out.writeUTF(figure.getKey());
      out.writeDouble(figure.getValue());
    }
    Fields.writeList(value.tests(), out, PairedTests::write);
  }

  private static void writeStored(StoredParameters value, DataOutputView out) throws IOException {
    out.writeUTF(value.file());
    out.writeLong(value.bytes());
    out.writeUTF(value.sha256());
    out.writeBoolean(value.areFinite());
    out.writeBoolean(value.hasStart());
    out.writeLong(value.checkpoint());
  }

  private static StoredParameters readStored(DataInputView in) throws IOException {
    return new StoredParameters(
        in.readUTF(),
        in.readLong(),
        in.readUTF(),
        in.readBoolean(),
        in.readBoolean(),
        in.readLong());
  }

  private static void writeHeld(HeldParameters value, DataOutputView out) throws IOException {
    NetworkFields.writeParameters(value.end(), out);
    NetworkFields.writeParametersOrNone(value.start(), out);
  }

  private static ContributedParameters readParameters(DataInputView in) throws IOException {
    return in.readBoolean()
        ? readStored(in)
        : new HeldParameters(
            NetworkFields.readParameters(in), NetworkFields.readParametersOrNone(in));
  }

  static Contribution readContribution(int version, DataInputView in) throws IOException {
    return version < 5
        ? readEarlier(version, in)
        : new Contribution(
            WindowFields.readId(in),
            in.readInt(),
            readParameters(in),
            NetworkFields.readMeans(in),
            in.readBoolean(),
            readFigures(in),
            PairedTests.readList(TESTS, version, in));
  }

  private static Contribution readEarlier(int version, DataInputView in) throws IOException {
    WindowId last = WindowFields.readId(in);
    int trained = in.readInt();
    TrainedParameters end = NetworkFields.readParameters(in);
    DistanceMeans means = NetworkFields.readMeans(in);
    boolean warmingUp = in.readBoolean();
    Map<String, Double> figures = readFigures(in);
    TrainedParameters start = version > 1 ? NetworkFields.readParametersOrNone(in) : null;
    return new Contribution(
        last,
        trained,
        new HeldParameters(end, start),
        means,
        warmingUp,
        figures,
        PairedTests.readList(TESTS, version, in));
  }

  private static Map<String, Double> readFigures(DataInputView in) throws IOException {
    Map<String, Double> figures = new TreeMap<>();
    for (int left = Fields.readLength(in); left > 0; left--) {
      figures.put(in.readUTF(), in.readDouble());
    }
    return figures;
  }

  static void writeRounds(Rounds value, DataOutputView out) throws IOException {
    out.writeLong(value.first());
    out.writeLong(value.merged());
    Fields.writeList(value.open(), out, MergeFields::writeContribution);
    out.writeBoolean(value.outer() != null);
    if (value.outer() != null) {
      NetworkFields.writeParameters(value.outer().model(), out);
      NetworkFields.writeState(value.outer().momentum(), out);
    }
  }

  static Rounds readRounds(int version, DataInputView in) throws IOException {
    return new Rounds(
        version > 1 ? in.readLong() : 0,
        in.readLong(),
        Fields.readList(in, contribution -> readContribution(version, contribution)),
        version > 1 && in.readBoolean()
            ? new OuterStep.State(NetworkFields.readParameters(in), NetworkFields.readState(in))
            : null);
  }

  static void writeModel(TrainedModel value, DataOutputView out) throws IOException {
    RecordFormats.MANIFEST.writer().write(value.draft(), out);
    Fields.writeBytes(value.bytes(), out);
    Fields.writeList(value.merged(), out, MergeFields::writeStored);
  }

  static TrainedModel readModel(int version, DataInputView in) throws IOException {
    return new TrainedModel(
        RecordFormats.MANIFEST.reader().read(MANIFEST_VERSION, in),
        Fields.readBytes(in),
        version < 2 ? List.of() : Fields.readList(in, MergeFields::readStored));
  }
}
