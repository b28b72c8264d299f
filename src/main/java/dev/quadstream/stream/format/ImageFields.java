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
  private static final int QUESTIONS = 4;

  private ImageFields() {}

  static void writeImage(LabeledImage image, DataOutputView out) throws IOException {
    Fields.writeText(image.id(), out);
    Fields.writeText(image.label(), out);
    out.writeLong(image.capturedAt());
    writePixels(image.image(), out);
  }

  static void writePixels(PixelImage image, DataOutputView out) throws IOException {
    ImageShape shape = image.shape();
    out.writeByte(shape.channels());
    out.writeShort(shape.height());
    out.writeShort(shape.width());
    out.write(image.pixels());
  }

  static LabeledImage readImage(DataInputView in) throws IOException {
    String id = Fields.readText(in);
    String label = Fields.readText(in);
    long capturedAt = in.readLong();
    return new LabeledImage(id, label, capturedAt, readPixels(in));
  }

  static PixelImage readPixels(DataInputView in) throws IOException {
    ImageShape shape = new ImageShape(in.readByte(), in.readShort(), in.readShort());
    byte[] pixels = new byte[shape.size()];
    in.readFully(pixels);
    return new PixelImage(shape, pixels);
  }

  static void writeEvent(ImageEvent event, DataOutputView out) throws IOException {
    RecordPlace place = event.place();
    boolean questions = place != null && place.questions() > 0;
    out.writeByte(
        (event.isRemoval() ? REMOVAL : 0)
            | (place == null ? 0 : PLACE)
            | (questions ? QUESTIONS : 0));
    if (event.isRemoval()) {
      Fields.writeText(event.id(), out);
    } else {
      writeImage(event.image(), out);
      out.writeLong(event.decodeNanos());
    }
    if (place != null) {
      out.writeInt(place.partition());
      out.writeLong(place.offset());
      out.writeLong(place.read());
      out.writeLong(place.deadLetters());
    }
    if (questions) {
      out.writeLong(place.questions());
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
        : event.at(
            new RecordPlace(
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                (flags & QUESTIONS) == 0 ? 0 : in.readLong()));
  }
}
