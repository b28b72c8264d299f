package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Flink's serializer around a {@link RecordFormat}: a version byte, then the value. */
final class FormatSerializer<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final RecordFormat<T> format;

  FormatSerializer(RecordFormat<T> format) {
    this.format = format;
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  /** Records have no empty form; Flink makes do with null. */
  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T value) {
    return format.copy().apply(value);
  }

  @Override
  public T copy(T value, T reuse) {
    return format.copy().apply(value);
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(T value, DataOutputView out) throws IOException {
    out.writeByte(format.version());
    format.writer().write(value, out);
  }

  @Override
  public T deserialize(DataInputView in) throws IOException {
    int version = in.readByte();
    if (version < 1 || version > format.version()) {
      throw new IOException(
          "A record of format '%s' has version %d; this Quadstream reads 1 to %d. Restore it with the version that wrote it."
              .formatted(format.name(), version, format.version()));
    }
    try {
      return format.reader().read(version, in);
    } catch (RuntimeException e) {
      // From the records' own checks, which cannot know that the values were read.
      throw new IOException(
          "A record of format '%s' is damaged (%s). Restore another checkpoint or savepoint."
              .formatted(format.name(), e.getMessage()),
          e);
    }
  }

  @Override
  public T deserialize(T reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FormatSerializer<?> serializer
        && format.name().equals(serializer.format.name());
  }

  @Override
  public int hashCode() {
    return format.name().hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new FormatSerializerSnapshot<>(format);
  }
}
