package dev.quadstream.stream.format;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class LabelLedgerLayout implements RecordLayout<LabelLedger> {

  @Override
  public void write(LabelLedger value, DataOutputView out) throws IOException {
    out.writeLong(value.read());
    out.writeLong(value.deadLetters());
    out.writeLong(value.withdrawn());
    out.writeLong(value.met());
    out.writeLong(value.corrections());
    out.writeLong(value.superseded());
    out.writeLong(value.expired());
    out.writeLong(value.pushedOut());
    out.writeLong(value.waiting());
  }

  @Override
  public LabelLedger read(int version, DataInputView in) throws IOException {
    return new LabelLedger(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }
}
