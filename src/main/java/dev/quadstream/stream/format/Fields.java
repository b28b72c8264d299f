package dev.quadstream.stream.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The field types that the formats share. */
final class Fields {

  private static final int FLOATS_AT_ONCE = 16_384;

  /**
   * What is allocated on the word of a length field alone. Beyond it an array grows with what is
   * read, so that a damaged length ends at the end of the bytes and not of the memory.
   */
  private static final int ALLOCATED_UNREAD = 1 << 20;

  private Fields() {}

  /** Writes one element. */
  interface Writer<T> {
    void write(T value, DataOutputView out) throws IOException;
  }

  /** Reads one element. */
  interface Reader<T> {
    T read(DataInputView in) throws IOException;
  }

  static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
    out.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  static byte[] readBytes(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[Math.min(length, ALLOCATED_UNREAD)];
    in.readFully(bytes);
    while (bytes.length < length) {
      int read = bytes.length;
      bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * read));
      in.readFully(bytes, read, bytes.length - read);
    }
    return bytes;
  }

  /** Not {@code writeUTF}, which ends at 65,535 bytes. */
  static void writeText(String text, DataOutputView out) throws IOException {
    writeBytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
  }

  static String readText(DataInputView in) throws IOException {
    byte[] bytes = readBytes(in);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  static void writeFloats(float[] values, DataOutputView out) throws IOException {
    out.writeInt(values.length);
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * Math.min(values.length, FLOATS_AT_ONCE));
    for (int start = 0; start < values.length; start += FLOATS_AT_ONCE) {
      int count = Math.min(FLOATS_AT_ONCE, values.length - start);
      buffer.asFloatBuffer().put(values, start, count);
      out.write(buffer.array(), 0, count * Float.BYTES);
    }
  }

  static float[] readFloats(DataInputView in) throws IOException {
    int length = readLength(in);
    float[] values = new float[Math.min(length, ALLOCATED_UNREAD)];
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * Math.min(length, FLOATS_AT_ONCE));
    for (int start = 0; start < length; start += FLOATS_AT_ONCE) {
      int count = Math.min(FLOATS_AT_ONCE, length - start);
      if (start + count > values.length) {
        values = Arrays.copyOf(values, (int) Math.min(length, 2L * values.length));
      }
      in.readFully(buffer.array(), 0, count * Float.BYTES);
      buffer.asFloatBuffer().get(values, start, count);
    }
    return values;
  }

  static int readLength(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new IOException("a length of " + length);
    }
    return length;
  }

  static <T> void writeList(List<T> values, DataOutputView out, Writer<T> writer)
      throws IOException {
    out.writeInt(values.size());
    for (T value : values) {
      writer.write(value, out);
    }
  }

  static <T> List<T> readList(DataInputView in, Reader<T> reader) throws IOException {
    int size = readLength(in);
    List<T> values = new ArrayList<>(Math.min(size, FLOATS_AT_ONCE));
    for (int i = 0; i < size; i++) {
      values.add(reader.read(in));
    }
    return values;
  }
}
