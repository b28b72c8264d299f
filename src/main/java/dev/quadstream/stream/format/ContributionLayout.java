package dev.quadstream.stream.format;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.training.ContributedParameters;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.StoredParameters;
import dev.quadstream.training.TrainedParameters;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ContributionLayout implements RecordLayout<Contribution> {

  private static final PairedTests.Since TESTS = new PairedTests.Since(3, 4, 6);

  @Override
  public void write(Contribution value, DataOutputView out) throws IOException {
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

  static void writeStored(StoredParameters value, DataOutputView out) throws IOException {
    out.writeUTF(value.file());
    out.writeLong(value.bytes());
    out.writeUTF(value.sha256());
    out.writeBoolean(value.areFinite());
    out.writeBoolean(value.hasStart());
    out.writeLong(value.checkpoint());
  }

  static StoredParameters readStored(DataInputView in) throws IOException {
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

  @Override
  public Contribution read(int version, DataInputView in) throws IOException {
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
}
