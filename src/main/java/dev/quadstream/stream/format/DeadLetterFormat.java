package dev.quadstream.stream.format;

import dev.quadstream.kafka.DeadLetter;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class DeadLetterFormat implements RecordFormat<DeadLetter> {

  @Override
  public String name() {
    return "dead-letter";
  }

  @Override
  public Class<DeadLetter> type() {
    return DeadLetter.class;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public void write(DeadLetter value, DataOutputView out) throws IOException {
    SourceRecordFormat.writeRecord(value.source(), out);
    Fields.writeText(value.errorClass(), out);
    Fields.writeText(value.errorMessage(), out);
  }

  @Override
  public DeadLetter read(int version, DataInputView in) throws IOException {
    return new DeadLetter(
        SourceRecordFormat.readRecord(in), Fields.readText(in), Fields.readText(in));
  }
}
