package dev.quadstream.stream.format;

import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.SourceRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

final class SourceRecordLayout implements RecordLayout<SourceRecord> {

  @Override
  public void write(SourceRecord value, DataOutputView out) throws IOException {
    writeRecord(value, out);
    OffsetGap gap = value.gap();
    out.writeBoolean(gap != null);
    if (gap != null) {
      out.writeLong(gap.records());
      Fields.writeText(gap.why(), out);
    }
  }

  @Override
  public SourceRecord read(int version, DataInputView in) throws IOException {
    SourceRecord record = readRecord(in);
    if (version == 1 || !in.readBoolean()) {
      return record;
    }
    return SourceRecord.of(
        new OffsetGap(
            record.topic(),
            record.partition(),
            record.offset(),
            in.readLong(),
            Fields.readText(in)));
  }

  /** A record that stands for no gap. */
  static void writeRecord(SourceRecord value, DataOutputView out) throws IOException {
    out.writeUTF(value.topic());
    out.writeInt(value.partition());
    out.writeLong(value.offset());
    out.writeLong(value.timestamp());
    Fields.writeBytes(value.key(), out);
    Fields.writeBytes(value.value(), out);
    Fields.writeList(value.headers(), out, SourceRecordLayout::writeHeader);
  }

  static SourceRecord readRecord(DataInputView in) throws IOException {
    return new SourceRecord(
        in.readUTF(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        Fields.readBytes(in),
        Fields.readBytes(in),
        Fields.readList(in, SourceRecordLayout::readHeader));
  }

  private static void writeHeader(Header header, DataOutputView out) throws IOException {
    Fields.writeText(header.key(), out);
    Fields.writeBytes(header.value(), out);
  }

  private static Header readHeader(DataInputView in) throws IOException {
    return new RecordHeader(Fields.readText(in), Fields.readBytes(in));
  }
}
