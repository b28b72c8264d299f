package dev.quadstream.stream.format;

import dev.quadstream.training.WindowDealer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class WindowDealerLayout implements RecordLayout<WindowDealer> {

  @Override
  public void write(WindowDealer value, DataOutputView out) throws IOException {
    WindowFields.writeId(value.next(), out);
    WindowFields.writePublishing(value.publishing(), out);
    Fields.writeList(value.recent(), out, WindowFields::writeRemoteChanges);
    out.writeBoolean(value.rescale() != null);
    if (value.rescale() != null) {
      out.writeLong(value.rescale().from());
      out.writeInt(value.rescale().replicas());
    }
  }

  @Override
  public WindowDealer read(int version, DataInputView in) throws IOException {
    return new WindowDealer(
        WindowFields.readId(in),
        WindowFields.readPublishing(in),
        Fields.readList(
            in, version < 3 ? WindowFields::readUncorrected : WindowFields::readRemoteChanges),
        version > 1 && in.readBoolean()
            ? new WindowDealer.Rescale(in.readLong(), in.readInt())
            : null);
  }
}
