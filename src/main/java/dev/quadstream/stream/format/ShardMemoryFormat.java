package dev.quadstream.stream.format;

import dev.quadstream.training.Exemplar;
import dev.quadstream.training.ExemplarMemory;
import dev.quadstream.training.PublishingSchedule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Embeddings are written and not computed anew: a batch of another size may round otherwise. */
final class ShardMemoryFormat implements RecordFormat<ShardMemory> {

  private static final ImageWindowFormat WINDOW = new ImageWindowFormat();

  @Override
  public String name() {
    return "shard-memory";
  }

  @Override
  public Class<ShardMemory> type() {
    return ShardMemory.class;
  }

  @Override
  public int version() {
    return 3;
  }

  @Override
  public void write(ShardMemory value, DataOutputView out) throws IOException {
    Fields.writeText(value.run(), out);
    out.writeLong(value.nextWindow());
    Fields.writeList(value.publishing().changes(), out, ShardMemoryFormat::writeChange);
    out.writeInt(value.memory().capacity());
    Fields.writeList(value.memory().groups(), out, ShardMemoryFormat::writeGroup);
    Fields.writeList(value.waiting(), out, WINDOW::write);
  }

  @Override
  public ShardMemory read(int version, DataInputView in) throws IOException {
    return new ShardMemory(
        Fields.readText(in),
        in.readLong(),
        new PublishingSchedule(Fields.readList(in, ShardMemoryFormat::readChange)),
        readMemory(version, in),
        Fields.readList(in, window -> WINDOW.read(version < 3 ? 1 : 2, window)));
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

  @Override
  public ShardMemory copy(ShardMemory value) {
    return new ShardMemory(
        value.run(),
        value.nextWindow(),
        value.publishing(),
        value.memory().copy(),
        new ArrayList<>(value.waiting()));
  }

  private static void writeChange(PublishingSchedule.Change change, DataOutputView out)
      throws IOException {
    out.writeLong(change.fromVersion());
    out.writeInt(change.every());
  }

  private static PublishingSchedule.Change readChange(DataInputView in) throws IOException {
    return new PublishingSchedule.Change(in.readLong(), in.readInt());
  }

  private static void writeGroup(ExemplarMemory.Group group, DataOutputView out)
      throws IOException {
    Fields.writeText(group.label(), out);
    out.writeLong(group.seen());
    Fields.writeList(group.exemplars(), out, ShardMemoryFormat::writeExemplar);
  }

  private static ExemplarMemory.Group readGroup(DataInputView in, Fields.Reader<Long> modelVersion)
      throws IOException {
    String label = Fields.readText(in);
    long seen = in.readLong();
    List<Exemplar> exemplars =
        Fields.readList(in, exemplar -> readExemplar(exemplar, modelVersion));
    return new ExemplarMemory.Group(label, seen, exemplars);
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
