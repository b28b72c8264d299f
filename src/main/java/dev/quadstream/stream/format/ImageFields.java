package dev.quadstream.stream.format;

import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Images as fields of other records. Pixels stay the unsigned bytes that they are. */
final class ImageFields {

  private static final int REMOVAL = 1;
  private static final int PLACE = 2;

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
    out.writeByte((event.isRemoval() ? REMOVAL : 0) | (event.place() == null ? 0 : PLACE));
    if (event.isRemoval()) {
      Fields.writeText(event.id(), out);
    } else {
      writeImage(event.image(), out);
      out.writeLong(event.decodeNanos());
    }
    if (event.place() != null) {
      out.writeInt(event.place().partition());
      out.writeLong(event.place().offset());
      out.writeLong(event.place().read());
      out.writeLong(event.place().deadLetters());
    }
  }

  /** An event without the time that decoding took, as it was written at first. */
  static ImageEvent readUntimedEvent(DataInputView in) throws IOException {
    return in.readBoolean()
        ? ImageEvent.removed(Fields.readText(in))
        : ImageEvent.arrived(readImage(in));
  }

  static ImageEvent readEvent(DataInputView in) throws IOException {
    int flags = in.readByte();
    ImageEvent event =
        (flags & REMOVAL) == 0
            ? ImageEvent.arrived(readImage(in), in.readLong())
            : ImageEvent.removed(Fields.readText(in));
    return (flags & PLACE) == 0
        ? event
        : event.at(new RecordPlace(in.readInt(), in.readLong(), in.readLong(), in.readLong()));
  }
}
