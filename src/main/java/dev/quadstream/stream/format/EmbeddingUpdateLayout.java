package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class EmbeddingUpdateLayout implements RecordLayout<EmbeddingUpdate> {

  @Override
  public void write(EmbeddingUpdate value, DataOutputView out) throws IOException {
    Fields.writeText(value.run(), out);
    Fields.writeText(value.id(), out);
    Fields.writeText(value.label(), out);
    out.writeLong(value.modelVersion());
    out.writeLong(value.window());
    out.writeBoolean(value.isRemoval());
    if (!value.isRemoval()) {
      Fields.writeFloats(value.vector(), out);
    }
  }

  @Override
  public EmbeddingUpdate read(int version, DataInputView in) throws IOException {
    return new EmbeddingUpdate(
        version == 1 ? WindowFields.NO_RUN : Fields.readText(in),
        Fields.readText(in),
        Fields.readText(in),
        in.readLong(),
        in.readLong(),
        in.readBoolean() ? null : Fields.readFloats(in));
  }
}
