package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class OpenWindowLayout implements RecordLayout<OpenWindow> {

  @Override
  public void write(OpenWindow value, DataOutputView out) throws IOException {
    out.writeLong(value.opened());
    out.writeInt(value.images());
    out.writeInt(value.removals());
    out.writeInt(value.corrections());
    out.writeLong(value.deadline());
  }

  @Override
  public OpenWindow read(int version, DataInputView in) throws IOException {
    return new OpenWindow(
        in.readLong(), in.readInt(), in.readInt(), version < 2 ? 0 : in.readInt(), in.readLong());
  }
}
