package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ImageWindowFormat implements RecordFormat<ImageWindow> {

  @Override
  public String name() {
    return "image-window";
  }

  @Override
  public Class<ImageWindow> type() {
    return ImageWindow.class;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public void write(ImageWindow value, DataOutputView out) throws IOException {
    out.writeInt(value.shard());
    out.writeLong(value.window());
    Fields.writeList(value.events(), out, ImageFields::writeEvent);
    out.writeLong(value.collectNanos());
  }

  @Override
  public ImageWindow read(int version, DataInputView in) throws IOException {
    if (version == 1) {
      return new ImageWindow(
          in.readInt(), in.readLong(), Fields.readList(in, ImageFields::readUntimedEvent), 0);
    }
    return new ImageWindow(
        in.readInt(), in.readLong(), Fields.readList(in, ImageFields::readEvent), in.readLong());
  }
}
