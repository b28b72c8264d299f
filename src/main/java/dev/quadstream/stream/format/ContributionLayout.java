package dev.quadstream.stream.format;

import dev.quadstream.training.ContributedParameters;
import dev.quadstream.training.Contribution;
import dev.quadstream.training.HeldParameters;
import dev.quadstream.training.PairedTest;
import dev.quadstream.training.StoredParameters;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ContributionLayout implements RecordLayout<Contribution> {

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
            readTests(version, in));
  }

  private static Contribution readEarlier(int version, DataInputView in) throws IOException {
    return new Contribution(
        WindowFields.readId(in),
        in.readInt(),
        NetworkFields.readParameters(in),
        NetworkFields.readMeans(in),
        in.readBoolean(),
        readFigures(in),
        version > 1 ? NetworkFields.readParametersOrNone(in) : null,
        readTests(version, in));
  }

  private static List<PairedTest> readTests(int version, DataInputView in) throws IOException {
    if (version < 3) {
      return List.of();
    }
    if (version < 4) {
      return Fields.readList(in, PairedTests::readEarlier);
    }
    return Fields.readList(in, version < 6 ? PairedTests::readOfNearest : PairedTests::read);
  }

  private static Map<String, Double> readFigures(DataInputView in) throws IOException {
    Map<String, Double> figures = new TreeMap<>();
    for (int left = Fields.readLength(in); left > 0; left--) {
      figures.put(in.readUTF(), in.readDouble());
    }
    return figures;
  }
}
