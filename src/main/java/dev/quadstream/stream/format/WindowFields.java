package dev.quadstream.stream.format;

import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.WindowId;
import java.io.IOException;
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
}
