package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One kind of record in its written form. Implementations are stateless singletons, listed in
 * {@link RecordFormats} under a name that checkpoints hold: neither name nor old versions may go.
 *
 * @param <T> the record
 */
public interface RecordFormat<T> {

  /** The name by which a checkpoint finds the format again. */
  String name();

  /** The record's class. */
  Class<T> type();

  /** The version that {@link #write} writes, 1 to 127. */
  int version();

  /** Writes a value in the current version. */
  void write(T value, DataOutputView out) throws IOException;

  /** Reads a value that was written in {@code version}, which is 1 to {@link #version()}. */
  T read(int version, DataInputView in) throws IOException;

  /** A copy that shares nothing that can change; the value itself where it is immutable. */
  default T copy(T value) {
    return value;
  }
}
