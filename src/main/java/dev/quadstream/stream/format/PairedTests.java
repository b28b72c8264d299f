package dev.quadstream.stream.format;

import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Paired tests within other records. */
final class PairedTests {

  private PairedTests() {}

  static void write(PairedTest test, DataOutputView out) throws IOException {
    out.writeLong(test.candidate());
    out.writeLong(test.live());
    out.writeLong(test.findable());
    write(test.all(), out);
    write(test.longKnown(), out);
  }

  static PairedTest read(DataInputView in) throws IOException {
    return new PairedTest(
        in.readLong(), in.readLong(), in.readLong(), readCounts(in), readCounts(in));
  }

  /** Of when tests did not say how many images could be found. */
  static PairedTest readEarlier(DataInputView in) throws IOException {
    return new PairedTest(in.readLong(), in.readLong(), 0, readCounts(in), readCounts(in));
  }

  private static void write(PairedCounts counts, DataOutputView out) throws IOException {
    out.writeLong(counts.tested());
    out.writeLong(counts.gained());
    out.writeLong(counts.lost());
  }

  private static PairedCounts readCounts(DataInputView in) throws IOException {
    return new PairedCounts(in.readLong(), in.readLong(), in.readLong());
  }
}
