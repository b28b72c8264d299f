package dev.quadstream.stream.format;

import dev.quadstream.json.JsonMessages;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A message that is small and rare enough to be written as the JSON that it becomes anyway. */
final class JsonLayout<T> implements RecordLayout<T> {

  private final Class<T> type;

  JsonLayout(Class<T> type) {
    this.type = type;
  }

  @Override
  public void write(T value, DataOutputView out) throws IOException {
    Fields.writeBytes(JsonMessages.write(value), out);
  }

  @Override
  public T read(int version, DataInputView in) throws IOException {
    return JsonMessages.read(Fields.readBytes(in), type);
  }
}
