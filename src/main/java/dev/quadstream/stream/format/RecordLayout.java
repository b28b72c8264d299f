package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How a record's fields are written. Stateless.
 *
 * @param <T> the record
 */
public interface RecordLayout<T> {

  /** Writes a value in the current version. */
  void write(T value, DataOutputView out) throws IOException;

  /** Reads a value that was written in {@code version}, 1 to the current one. */
  T read(int version, DataInputView in) throws IOException;

  /** A copy that shares nothing that can change; the value itself where it is immutable. */
  default T copy(T value) {
    return value;
  }
}
