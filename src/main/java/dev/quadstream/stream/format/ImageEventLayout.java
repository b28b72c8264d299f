package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ImageEventLayout implements RecordLayout<ImageEvent> {

  @Override
  public void write(ImageEvent value, DataOutputView out) throws IOException {
    ImageFields.writeEvent(value, out);
  }

  @Override
  public ImageEvent read(int version, DataInputView in) throws IOException {
    return version == 1 ? ImageFields.readUntimedEvent(in) : ImageFields.readEvent(in);
  }
}
