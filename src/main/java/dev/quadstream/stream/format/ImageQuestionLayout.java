package dev.quadstream.stream.format;

import dev.quadstream.image.ImageQuestion;
import dev.quadstream.image.RecordPlace;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class ImageQuestionLayout implements RecordLayout<ImageQuestion> {

  @Override
  public void write(ImageQuestion value, DataOutputView out) throws IOException {
    Fields.writeText(value.id(), out);
    out.writeBoolean(value.isClosed());
    if (value.isClosed()) {
      return;
    }
    out.writeLong(value.capturedAt());
    ImageFields.writeContent(value.image(), out);
    out.writeInt(value.place().partition());
    out.writeLong(value.place().offset());
    out.writeLong(value.place().read());
    out.writeLong(value.place().deadLetters());
    out.writeLong(value.place().questions());
  }

  @Override
  public ImageQuestion read(int version, DataInputView in) throws IOException {
    String id = Fields.readText(in);
    if (version > 1 && in.readBoolean()) {
      return ImageQuestion.closed(id);
    }
    return new ImageQuestion(
        id,
        in.readLong(),
        ImageFields.readContent(in),
        new RecordPlace(in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readLong()));
  }
}
