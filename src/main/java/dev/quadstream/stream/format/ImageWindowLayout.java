package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.training.ImageWindow;
import dev.quadstream.training.PublishingSchedule;
import dev.quadstream.training.RemoteChanges;
import dev.quadstream.training.WindowId;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ImageWindowLayout {

  private ImageWindowLayout() {}

  static void write(ImageWindow value, DataOutputView out) throws IOException {
    WindowFields.writeId(value.id(), out);
    WindowFields.writePublishing(value.publishing(), out);
    Fields.writeList(value.events(), out, ImageFields::writeEvent);
    WindowFields.writeRemoteChanges(value.remoteChanges(), out);
    out.writeLong(value.collectNanos());
    Fields.writeList(value.ledger(), out, WindowFields::writeLedger);
  }

  static ImageWindow read(int version, DataInputView in) throws IOException {
    if (version < 3) {
      return readEarlier(version, in, WindowFields.NO_RUN, PublishingSchedule.every(1));
    }
    return new ImageWindow(
        WindowFields.readId(in),
        WindowFields.readPublishing(in),
        Fields.readList(in, ImageFields::readEvent),
        version < 6 ? WindowFields.readUncorrected(in) : WindowFields.readRemoteChanges(in),
        in.readLong(),
        version < 4
            ? List.of()
            : Fields.readList(in, ledger -> WindowFields.readLedger(version < 5 ? 1 : 2, ledger)));
  }

  /**
   * Reads a window of the formats before version 3, which did not say what run it belonged to.
   *
   * @param run the run where what holds the window knows it
   * @param publishing the run's schedule
   */
  static ImageWindow readEarlier(
      int version, DataInputView in, String run, PublishingSchedule publishing) throws IOException {
    in.readInt(); // The only network of the run was number 0.
    long number = in.readLong();
    List<ImageEvent> events =
        Fields.readList(in, version == 1 ? ImageFields::readUntimedEvent : ImageFields::readEvent);
    return new ImageWindow(
        new WindowId(run, number, 1),
        publishing,
        events,
        RemoteChanges.NOTHING,
        version == 1 ? 0 : in.readLong(),
        List.of());
  }
}
