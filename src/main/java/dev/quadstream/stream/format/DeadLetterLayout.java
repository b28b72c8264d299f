package dev.quadstream.stream.format;

import dev.quadstream.kafka.DeadLetter;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class DeadLetterLayout implements RecordLayout<DeadLetter> {

  @Override
  public void write(DeadLetter value, DataOutputView out) throws IOException {
    SourceRecordLayout.writeRecord(value.source(), out);
    Fields.writeText(value.errorClass(), out);
    Fields.writeText(value.errorMessage(), out);
  }

  @Override
  public DeadLetter read(int version, DataInputView in) throws IOException {
    return new DeadLetter(
        SourceRecordLayout.readRecord(in), Fields.readText(in), Fields.readText(in));
  }
}
