package dev.quadstream.stream.format;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageContent;
import dev.quadstream.image.ImageEvent;
import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabelUpdate;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.RecordPlace;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Images as fields of other records. Pixels stay the unsigned bytes that they are; features are
 * floats.
 */
final class ImageFields {

  /** In place of the number of channels. */
  private static final int FEATURES = 0;

  private static final int REMOVAL = 1;
  private static final int PLACE = 2;
  private static final int QUESTIONS = 4;
  private static final int LABELLED = 8;
  private static final int CORRECTION = 16;
  private static final int REPLACEMENT = 32;
  private static final int PASSED = 64;

  private ImageFields() {}

  static void writeImage(LabeledImage image, DataOutputView out) throws IOException {
    Fields.writeText(image.id(), out);
    Fields.writeText(image.label(), out);
    out.writeLong(image.capturedAt());
    writeContent(image.image(), out);
  }

  static void writeContent(ImageContent content, DataOutputView out) throws IOException {
    if (content instanceof PixelImage pixels) {
      writePixels(pixels, out);
    } else {
      out.writeByte(FEATURES);
      Fields.writeFloats(content.values(), out);
    }
  }

  private static void writePixels(PixelImage image, DataOutputView out) throws IOException {
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
    return new LabeledImage(id, label, capturedAt, readContent(in));
  }

  static ImageContent readContent(DataInputView in) throws IOException {
    int channels = in.readByte();
    return channels == FEATURES
        ? new BackboneFeatures(Fields.readFloats(in))
        : readPixels(channels, in);
  }

  private static PixelImage readPixels(int channels, DataInputView in) throws IOException {
    ImageShape shape = new ImageShape(channels, in.readShort(), in.readShort());
    byte[] pixels = new byte[shape.size()];
    in.readFully(pixels);
    return new PixelImage(shape, pixels);
  }

  static void writeEvent(ImageEvent event, DataOutputView out) throws IOException {
    RecordPlace place = event.place();
    boolean questions = place != null && place.questions() > 0;
    out.writeByte(kindOf(event) | (place == null ? 0 : PLACE) | (questions ? QUESTIONS : 0));
    if (event.isArrival()) {
      writeImage(event.image(), out);
      out.writeLong(event.decodeNanos());
    } else {
      Fields.writeText(event.id(), out);
    }
    if (event.isCorrection()) {
      Fields.writeText(event.label(), out);
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

  private static int kindOf(ImageEvent event) {
    return switch (event.kind()) {
      case ARRIVED -> 0;
      case LABELLED -> LABELLED;
      case REMOVED -> REMOVAL;
      case REPLACED -> REPLACEMENT;
      case CORRECTED -> CORRECTION;
      case PASSED -> PASSED;
    };
  }

  static ImageEvent readEvent(int version, DataInputView in) throws IOException {
    return version == 1 ? readUntimedEvent(in) : readEvent(in);
  }

  /** An event without the time that decoding took, as it was written at first. */
  static ImageEvent readUntimedEvent(DataInputView in) throws IOException {
    return in.readBoolean()
        ? ImageEvent.removed(Fields.readText(in))
        : ImageEvent.arrived(readImage(in));
  }

  static ImageEvent readEvent(DataInputView in) throws IOException {
    int flags = in.readByte();
    ImageEvent event = readUnplacedEvent(flags, in);
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

  private static ImageEvent readUnplacedEvent(int flags, DataInputView in) throws IOException {
    if ((flags & REMOVAL) != 0) {
      return ImageEvent.removed(Fields.readText(in));
    }
    if ((flags & REPLACEMENT) != 0) {
      return ImageEvent.replaced(Fields.readText(in), null);
    }
    if ((flags & PASSED) != 0) {
      return ImageEvent.passed(Fields.readText(in), null);
    }
    if ((flags & CORRECTION) != 0) {
      return ImageEvent.corrected(readUpdate(in));
    }
    LabeledImage image = readImage(in);
    long decodeNanos = in.readLong();
    return (flags & LABELLED) == 0
        ? ImageEvent.arrived(image, decodeNanos)
        : ImageEvent.labelled(image, null);
  }

  static void writeUpdate(LabelUpdate update, DataOutputView out) throws IOException {
    Fields.writeText(update.id(), out);
    Fields.writeText(update.label(), out);
  }

  static LabelUpdate readUpdate(DataInputView in) throws IOException {
    return new LabelUpdate(Fields.readText(in), Fields.readText(in));
  }

  static void writeQuestion(ImageQuestion value, DataOutputView out) throws IOException {
    Fields.writeText(value.id(), out);
    out.writeBoolean(value.isClosed());
    if (value.isClosed()) {
      out.writeBoolean(value.place() != null);
    } else {
      out.writeLong(value.capturedAt());
      writeContent(value.image(), out);
    }
    if (value.place() != null) {
      out.writeInt(value.place().partition());
      out.writeLong(value.place().offset());
      out.writeLong(value.place().read());
      out.writeLong(value.place().deadLetters());
      out.writeLong(value.place().questions());
    }
  }

  static ImageQuestion readQuestion(int version, DataInputView in) throws IOException {
    String id = Fields.readText(in);
    if (version > 1 && in.readBoolean()) {
      return ImageQuestion.closed(id, version > 2 && in.readBoolean() ? readPlace(in) : null);
    }
    return new ImageQuestion(id, in.readLong(), readContent(in), readPlace(in));
  }

  private static RecordPlace readPlace(DataInputView in) throws IOException {
    return new RecordPlace(
        in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
  }

  static void writeWaiting(WaitingQuestion value, DataOutputView out) throws IOException {
    writeQuestion(value.question(), out);
    Fields.writeText(value.label(), out);
  }

  static WaitingQuestion readWaiting(int version, DataInputView in) throws IOException {
    return new WaitingQuestion(readQuestion(2, in), Fields.readText(in));
  }
}
