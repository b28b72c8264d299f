package dev.quadstream.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The JPEG files that the strips or tiles of a TIFF file are: each may ask as much of the codec as
 * one that comes alone.
 *
 * <p>Sources: TIFF 6.0, section 22; TIFF Technical Note 2 of 1995.
 */
final class TiffJpegs {

  private static final int OLD_JPEG = 6;
  static final int JPEG = 7;

  /**
   * Strips without a length are looked at up to the file's end; what several tiles share, once. A
   * file that wants more is made to take long.
   */
  private static final int MAX_PASSES = 16;

  private final byte[] file;
  private final Map<Part, CodecCost> known = new HashMap<>();
  private long coefficientBytes;
  private long scannedBlocks;
  private long passed;

  private record Part(int from, int to) {}

  private TiffJpegs(byte[] file) {
    this.file = file;
  }

  /**
   * Those of the first picture; none where it is compressed otherwise.
   *
   * @throws UnreadFormException if one is of a kind that the codec does not read
   * @throws IOException if they are more, or lie over one another more, than any writer has them
   */
  static TiffJpegs of(byte[] file, TiffFields fields) throws IOException {
    TiffJpegs jpegs = new TiffJpegs(file);
    if (isCompressedSo(fields)) {
      if (fields.hasMorePlaces()) {
        throw new IOException("it has more strips or tiles than any writer makes");
      }
      jpegs.addAll(fields.all(TiffFields.STRIPS), fields.all(TiffFields.STRIP_LENGTHS));
      jpegs.addAll(fields.all(TiffFields.TILES), fields.all(TiffFields.TILE_LENGTHS));
      jpegs.addAll(fields.all(TiffFields.OLD_JPEG_FILE), new long[0]);
    }
    return jpegs;
  }

  /** Whether any of its fields says so, since codecs differ in which of several they believe. */
  static boolean isCompressedSo(TiffFields fields) {
    return LongStream.of(fields.all(TiffFields.COMPRESSION))
        .anyMatch(compression -> compression == OLD_JPEG || compression == JPEG);
  }

  /** What the codec takes for all of them, one after the other. */
  CodecCost cost() {
    return new CodecCost(coefficientBytes, scannedBlocks, 0, 0);
  }

  private void addAll(long[] offsets, long[] lengths) throws IOException {
    for (int i = 0; i < offsets.length; i++) {
      long from = offsets[i];
      if (from < 0 || from > file.length - 2) {
        continue;
      }
      boolean isKnown = i < lengths.length && lengths[i] > 0 && lengths[i] <= file.length - from;
      add(new Part((int) from, isKnown ? (int) (from + lengths[i]) : file.length));
    }
  }

  private void add(Part part) throws IOException {
    CodecCost cost = known.get(part);
    if (cost == null) {
      passed += part.to - part.from;
      if (passed > MAX_PASSES * (long) file.length) {
        throw new IOException("its strips or tiles overlap");
      }
      JpegFile jpeg = JpegFile.of(Arrays.copyOfRange(file, part.from, part.to));
      cost = new CodecCost(jpeg.coefficientBytes(), jpeg.scannedBlocks(), 0, 0);
      known.put(part, cost);
    }
    coefficientBytes = Math.max(coefficientBytes, cost.coefficientBytes());
    scannedBlocks += cost.scannedBlocks();
  }
}
