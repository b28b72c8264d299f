package dev.quadstream.stream.format;

import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.util.function.UnaryOperator;
import org.apache.flink.core.memory.DataInputView;

/**
 * One kind of record in its written form, listed in {@link RecordFormats}. Its name alone travels
 * in a job graph.
 *
 * @param <T> the record
 * @param name by which a checkpoint finds the format again: it may not go
 * @param type the record's class
 * @param version that {@code writer} writes, 1 to 127; {@code reader} reads all from 1 on
 * @param copy makes a copy that shares nothing that can change: the same where the record is
 *     immutable
 */
public record RecordFormat<T>(
    String name,
    Class<T> type,
    int version,
    Fields.Writer<T> writer,
    Reader<T> reader,
    UnaryOperator<T> copy)
    implements Serializable {

  /** Reads a value that was written in a version, 1 to the current one. */
  interface Reader<T> {
    T read(int version, DataInputView in) throws IOException;
  }

  @Serial
  private Object writeReplace() {
    return new ByName(name);
  }

  private record ByName(String name) implements Serializable {

    @Serial
    private Object readResolve() {
      return RecordFormats.byName(name);
    }
  }
}
