package dev.quadstream.stream.format;

import dev.quadstream.training.HarmBets;
import dev.quadstream.training.PairedCounts;
import dev.quadstream.training.PairedTest;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Paired tests within other records. */
final class PairedTests {

  /**
   * What a record says of tests since which version of its own.
   *
   * @param tests whether there are any
   * @param findable how many images could be found
   * @param bets more than the nearest
   */
  record Since(int tests, int findable, int bets) {}

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

  /** As that version of the record has it. */
  static PairedTest read(Since since, int version, DataInputView in) throws IOException {
    if (version >= since.bets()) {
      return read(in);
    }
    return new PairedTest(
        in.readLong(),
        in.readLong(),
        version < since.findable() ? 0 : in.readLong(),
        readCounts(in),
        readCounts(in));
  }

  /** All of them, as that version of the record has them. */
  static List<PairedTest> readList(Since since, int version, DataInputView in) throws IOException {
    return version < since.tests()
        ? List.of()
        : Fields.readList(in, from -> read(since, version, from));
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
