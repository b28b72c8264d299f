package dev.quadstream.stream.format;

import dev.quadstream.training.Exemplar;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.ReleasedVectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Embeddings are written and not computed anew: a batch of another size may round otherwise. */
final class ReplicaMemoryLayout {

  private ReplicaMemoryLayout() {}

  static void write(ReplicaMemory value, DataOutputView out) throws IOException {
    Fields.writeText(value.run(), out);
    out.writeInt(value.memory().capacity());
    Fields.writeList(value.memory().groups(), out, ReplicaMemoryLayout::writeGroup);
    Fields.writeList(value.waiting(), out, ImageWindowLayout::write);
    out.writeLong(value.released().release());
    writeVectors(value.released().byId(), out);
    out.writeLong(value.released().candidate());
    writeVectors(value.released().candidateById(), out);
  }

  static ReplicaMemory read(int version, DataInputView in) throws IOException {
    String run = Fields.readText(in);
    if (version < 4) {
      in.readLong(); // The windows were numbered here.
      PublishingSchedule publishing = WindowFields.readPublishing(in);
      return new ReplicaMemory(
          run,
          readMemory(version, in),
          new ReleasedVectors(),
          Fields.readList(
              in,
              window ->
                  ImageWindowLayout.readEarlier(version < 3 ? 1 : 2, window, run, publishing)));
    }
    ExemplarMemory memory = readMemory(version, in);
    int windows = version < 6 ? version - 1 : Math.min(version, 8) - 2;
    List<ImageWindow> waiting =
        Fields.readList(in, window -> ImageWindowLayout.read(windows, window));
    return new ReplicaMemory(run, memory, readReleased(version, in), waiting);
  }

  private static ExemplarMemory readMemory(int version, DataInputView in) throws IOException {
    int capacity = in.readInt();
    if (version == 1) {
      // All embeddings were of one model, named once.
      long modelVersion = in.readLong();
      return ExemplarMemory.of(
          capacity, Fields.readList(in, group -> readGroup(group, exemplar -> modelVersion)));
    }
    return ExemplarMemory.of(
        capacity, Fields.readList(in, group -> readGroup(group, DataInputView::readLong)));
  }

  static ReplicaMemory copy(ReplicaMemory value) {
    return new ReplicaMemory(
        value.run(),
        value.memory().copy(),
        value.released().copy(),
        new ArrayList<>(value.waiting()));
  }

  private static void writeGroup(ExemplarMemory.Group group, DataOutputView out)
      throws IOException {
    Fields.writeText(group.label(), out);
    out.writeLong(group.seen());
    Fields.writeList(group.exemplars(), out, ReplicaMemoryLayout::writeExemplar);
  }

  private static ExemplarMemory.Group readGroup(DataInputView in, Fields.Reader<Long> modelVersion)
      throws IOException {
    String label = Fields.readText(in);
    long seen = in.readLong();
    List<Exemplar> exemplars =
        Fields.readList(in, exemplar -> readExemplar(exemplar, modelVersion));
    return new ExemplarMemory.Group(label, seen, exemplars);
  }

  private static void writeVectors(Map<String, float[]> vectors, DataOutputView out)
      throws IOException {
    Fields.writeList(
        List.copyOf(new TreeMap<>(vectors).entrySet()),
        out,
        (vector, to) -> {
          Fields.writeText(vector.getKey(), to);
          Fields.writeFloats(vector.getValue(), to);
        });
  }

  private static ReleasedVectors readReleased(int version, DataInputView in) throws IOException {
    if (version < 6) {
      return new ReleasedVectors();
    }
    long release = in.readLong();
    Map<String, float[]> vectors = readVectors(in);
    return version < 9
        ? new ReleasedVectors(release, vectors)
        : new ReleasedVectors(release, vectors, in.readLong(), readVectors(in));
  }

  private static Map<String, float[]> readVectors(DataInputView in) throws IOException {
    Map<String, float[]> vectors = new HashMap<>();
    for (int left = Fields.readLength(in); left > 0; left--) {
      vectors.put(Fields.readText(in), Fields.readFloats(in));
    }
    return vectors;
  }

  private static void writeExemplar(Exemplar exemplar, DataOutputView out) throws IOException {
    ImageFields.writeImage(exemplar.image(), out);
    Fields.writeFloats(exemplar.embedding(), out);
    out.writeLong(exemplar.modelVersion());
  }

  private static Exemplar readExemplar(DataInputView in, Fields.Reader<Long> modelVersion)
      throws IOException {
    return new Exemplar(ImageFields.readImage(in), Fields.readFloats(in), modelVersion.read(in));
  }
}
