package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Images as fields of other records. Pixels stay the unsigned bytes that they are. */
final class ImageFields {

  private ImageFields() {}

  static void writeImage(LabeledImage image, DataOutputView out) throws IOException {
    Fields.writeText(image.id(), out);
    Fields.writeText(image.label(), out);
    out.writeLong(image.capturedAt());
    ImageShape shape = image.image().shape();
    out.writeByte(shape.channels());
    out.writeShort(shape.height());
    out.writeShort(shape.width());
    out.write(image.image().pixels());
  }

  static LabeledImage readImage(DataInputView in) throws IOException {
    String id = Fields.readText(in);
    String label = Fields.readText(in);
    long capturedAt = in.readLong();
    ImageShape shape = new ImageShape(in.readByte(), in.readShort(), in.readShort());
    byte[] pixels = new byte[shape.size()];
    in.readFully(pixels);
    return new LabeledImage(id, label, capturedAt, new PixelImage(shape, pixels));
  }

  static void writeEvent(ImageEvent event, DataOutputView out) throws IOException {
    out.writeBoolean(event.isRemoval());
    if (event.isRemoval()) {
      Fields.writeText(event.id(), out);
      return;
    }
    writeImage(event.image(), out);
    out.writeLong(event.decodeNanos());
  }

  /** An event without the time that decoding took, as it was written at first. */
  static ImageEvent readUntimedEvent(DataInputView in) throws IOException {
    return in.readBoolean()
        ? ImageEvent.removed(Fields.readText(in))
        : ImageEvent.arrived(readImage(in));
  }

  static ImageEvent readEvent(DataInputView in) throws IOException {
    return in.readBoolean()
        ? ImageEvent.removed(Fields.readText(in))
        : ImageEvent.arrived(readImage(in), in.readLong());
  }
}
