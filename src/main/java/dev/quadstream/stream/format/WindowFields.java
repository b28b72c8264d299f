package dev.quadstream.stream.format;

import dev.quadstream.training.PartitionLedger;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.WindowDealer;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What the formats of windows share. */
final class WindowFields {

  /** Of records from before runs had names, with which no run goes on. */
  static final String NO_RUN = "";

  private WindowFields() {}

  static void writeId(WindowId id, DataOutputView out) throws IOException {
    Fields.writeText(id.run(), out);
    out.writeLong(id.number());
    // Below 0 where the first window follows, which most runs do not have.
    out.writeInt(id.first() == 0 ? id.replicas() : -id.replicas());
    if (id.first() != 0) {
      out.writeLong(id.first());
    }
  }

  static WindowId readId(DataInputView in) throws IOException {
    String run = Fields.readText(in);
    long number = in.readLong();
    int replicas = in.readInt();
    return replicas < 0
        ? new WindowId(run, number, -replicas, in.readLong())
        : new WindowId(run, number, replicas);
  }

  static void writePublishing(PublishingSchedule publishing, DataOutputView out)
      throws IOException {
    Fields.writeList(
        publishing.changes(),
        out,
        (change, to) -> {
          to.writeLong(change.fromVersion());
          to.writeInt(change.every());
        });
  }

  static PublishingSchedule readPublishing(DataInputView in) throws IOException {
    return new PublishingSchedule(
        Fields.readList(
            in, from -> new PublishingSchedule.Change(from.readLong(), from.readInt())));
  }

  static void writeRemoteChanges(RemoteChanges remoteChanges, DataOutputView out)
      throws IOException {
    Fields.writeList(remoteChanges.arrived(), out, Fields::writeText);
    Fields.writeList(remoteChanges.removed(), out, Fields::writeText);
    Fields.writeList(remoteChanges.corrected(), out, ImageFields::writeUpdate);
  }

  /** What was written before labels could come apart from images. */
  static RemoteChanges readUncorrected(DataInputView in) throws IOException {
    return new RemoteChanges(
        Fields.readList(in, Fields::readText), Fields.readList(in, Fields::readText));
  }

  static RemoteChanges readRemoteChanges(DataInputView in) throws IOException {
    return new RemoteChanges(
        Fields.readList(in, Fields::readText),
        Fields.readList(in, Fields::readText),
        Fields.readList(in, ImageFields::readUpdate));
  }

  static void writeLabelLedger(LabelLedger value, DataOutputView out) throws IOException {
    out.writeLong(value.read());
    for (long records : value.places()) {
      out.writeLong(records);
    }
  }

  static LabelLedger readLabelLedger(int version, DataInputView in) throws IOException {
    long read = in.readLong();
    List<Long> places = new ArrayList<>();
    while (places.size() < LabelLedger.Place.values().length) {
      places.add(in.readLong());
    }
    return new LabelLedger(read, places);
  }

  static void writeOpenWindow(OpenWindow value, DataOutputView out) throws IOException {
    out.writeLong(value.opened());
    out.writeInt(value.images());
    out.writeInt(value.removals());
    out.writeInt(value.corrections());
    out.writeLong(value.deadline());
  }

  static OpenWindow readOpenWindow(int version, DataInputView in) throws IOException {
    return new OpenWindow(
        in.readLong(), in.readInt(), in.readInt(), version < 2 ? 0 : in.readInt(), in.readLong());
  }

  static void writeLedger(PartitionLedger value, DataOutputView out) throws IOException {
    out.writeInt(value.partition());
    out.writeLong(value.offset());
    out.writeLong(value.read());
    out.writeLong(value.images());
    out.writeLong(value.removals());
    out.writeLong(value.deadLetters());
    out.writeLong(value.late());
    out.writeLong(value.waiting());
    out.writeLong(value.questions());
  }

  static PartitionLedger readLedger(int version, DataInputView in) throws IOException {
    return new PartitionLedger(
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        version < 2 ? 0 : in.readLong());
  }

  static void writeDealer(WindowDealer value, DataOutputView out) throws IOException {
    writeId(value.next(), out);
    writePublishing(value.publishing(), out);
    Fields.writeList(value.recent(), out, WindowFields::writeRemoteChanges);
    out.writeBoolean(value.rescale() != null);
    if (value.rescale() != null) {
      out.writeLong(value.rescale().from());
      out.writeInt(value.rescale().replicas());
    }
  }

  static WindowDealer readDealer(int version, DataInputView in) throws IOException {
    return new WindowDealer(
        readId(in),
        readPublishing(in),
        Fields.readList(
            in, version < 3 ? WindowFields::readUncorrected : WindowFields::readRemoteChanges),
        version > 1 && in.readBoolean()
            ? new WindowDealer.Rescale(in.readLong(), in.readInt())
            : null);
  }

  static void writeEmbedding(EmbeddingUpdate value, DataOutputView out) throws IOException {
    Fields.writeText(value.run(), out);
    Fields.writeText(value.id(), out);
    Fields.writeText(value.label(), out);
    out.writeLong(value.modelVersion());
    out.writeLong(value.window());
    out.writeBoolean(value.isRemoval());
    if (!value.isRemoval()) {
      Fields.writeFloats(value.vector(), out);
    }
  }

  static EmbeddingUpdate readEmbedding(int version, DataInputView in) throws IOException {
    return new EmbeddingUpdate(
        version == 1 ? NO_RUN : Fields.readText(in),
        Fields.readText(in),
        Fields.readText(in),
        in.readLong(),
        in.readLong(),
        in.readBoolean() ? null : Fields.readFloats(in));
  }
}
