package dev.quadstream.stream.format;

import dev.quadstream.training.PartitionLedger;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class PartitionLedgerLayout implements RecordLayout<PartitionLedger> {

  @Override
  public void write(PartitionLedger value, DataOutputView out) throws IOException {
    out.writeInt(value.partition());
    out.writeLong(value.offset());
    out.writeLong(value.read());
    out.writeLong(value.images());
    out.writeLong(value.removals());
    out.writeLong(value.deadLetters());
    out.writeLong(value.late());
    out.writeLong(value.waiting());
    out.writeLong(value.questions());
  }

  @Override
  public PartitionLedger read(int version, DataInputView in) throws IOException {
    return new PartitionLedger(
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        version < 2 ? 0 : in.readLong());
  }
}
