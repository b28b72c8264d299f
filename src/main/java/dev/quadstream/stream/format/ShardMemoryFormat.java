package dev.quadstream.stream.format;

import dev.quadstream.stream.ShardMemory;
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
    return 1;
  }

  @Override
  public void write(ShardMemory value, DataOutputView out) throws IOException {
    Fields.writeText(value.run(), out);
    out.writeLong(value.nextWindow());
    Fields.writeList(value.publishing().changes(), out, ShardMemoryFormat::writeChange);
    out.writeInt(value.memory().capacity());
    out.writeLong(value.memory().modelVersion());
    Fields.writeList(value.memory().groups(), out, ShardMemoryFormat::writeGroup);
    Fields.writeList(value.waiting(), out, WINDOW::write);
  }

  @Override
  public ShardMemory read(int version, DataInputView in) throws IOException {
    return new ShardMemory(
        Fields.readText(in),
        in.readLong(),
        new PublishingSchedule(Fields.readList(in, ShardMemoryFormat::readChange)),
        ExemplarMemory.of(
            in.readInt(), in.readLong(), Fields.readList(in, ShardMemoryFormat::readGroup)),
        Fields.readList(in, window -> WINDOW.read(version, window)));
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

  private static ExemplarMemory.Group readGroup(DataInputView in) throws IOException {
    String label = Fields.readText(in);
    long seen = in.readLong();
    List<Exemplar> exemplars = Fields.readList(in, ShardMemoryFormat::readExemplar);
    return new ExemplarMemory.Group(label, seen, exemplars);
  }

  private static void writeExemplar(Exemplar exemplar, DataOutputView out) throws IOException {
    ImageFields.writeImage(exemplar.image(), out);
    Fields.writeFloats(exemplar.embedding(), out);
  }

  private static Exemplar readExemplar(DataInputView in) throws IOException {
    return new Exemplar(ImageFields.readImage(in), Fields.readFloats(in));
  }
}
