package dev.quadstream.stream.format;

import dev.quadstream.training.HarmBets;
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
    Fields.writeList(test.bets().logarithms(), out, (bet, to) -> to.writeDouble(bet));
    Fields.writeList(test.longKnownBets().logarithms(), out, (bet, to) -> to.writeDouble(bet));
  }

  static PairedTest read(DataInputView in) throws IOException {
    return new PairedTest(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        readCounts(in),
        readCounts(in),
        readBets(in),
        readBets(in));
  }

  /** Of when tests looked at nothing but the nearest. */
  static PairedTest readOfNearest(DataInputView in) throws IOException {
    return new PairedTest(
        in.readLong(), in.readLong(), in.readLong(), readCounts(in), readCounts(in));
  }

  /** Of when tests did not say how many images could be found, either. */
  static PairedTest readEarlier(DataInputView in) throws IOException {
    return new PairedTest(in.readLong(), in.readLong(), 0, readCounts(in), readCounts(in));
  }

  private static HarmBets readBets(DataInputView in) throws IOException {
    return new HarmBets(Fields.readList(in, DataInputView::readDouble));
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
