package dev.quadstream.stream.format;

import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.SourceRecord;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Records of topics as fields of others, and by themselves. */
final class KafkaFields {

  private KafkaFields() {}

  static void writeRecord(SourceRecord value, DataOutputView out) throws IOException {
    writeWithoutGap(value, out);
    OffsetGap gap = value.gap();
    out.writeBoolean(gap != null);
    if (gap != null) {
      out.writeLong(gap.records());
      Fields.writeText(gap.why(), out);
    }
  }

  static SourceRecord readRecord(int version, DataInputView in) throws IOException {
    SourceRecord record = readWithoutGap(in);
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
  private static void writeWithoutGap(SourceRecord value, DataOutputView out) throws IOException {
    out.writeUTF(value.topic());
    out.writeInt(value.partition());
    out.writeLong(value.offset());
    out.writeLong(value.timestamp());
    Fields.writeBytes(value.key(), out);
    Fields.writeBytes(value.value(), out);
    Fields.writeList(value.headers(), out, KafkaFields::writeHeader);
  }

  private static SourceRecord readWithoutGap(DataInputView in) throws IOException {
    return new SourceRecord(
        in.readUTF(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        Fields.readBytes(in),
        Fields.readBytes(in),
        Fields.readList(in, KafkaFields::readHeader));
  }

  private static void writeHeader(Header header, DataOutputView out) throws IOException {
    Fields.writeText(header.key(), out);
    Fields.writeBytes(header.value(), out);
  }

  private static Header readHeader(DataInputView in) throws IOException {
    return new RecordHeader(Fields.readText(in), Fields.readBytes(in));
  }

  static void writeDeadLetter(DeadLetter value, DataOutputView out) throws IOException {
    writeWithoutGap(value.source(), out);
    Fields.writeText(value.errorClass(), out);
    Fields.writeText(value.errorMessage(), out);
  }

  static DeadLetter readDeadLetter(int version, DataInputView in) throws IOException {
    return new DeadLetter(readWithoutGap(in), Fields.readText(in), Fields.readText(in));
  }
}
