package dev.quadstream.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a BMP file, brought in order: programs leave numbers in it that nothing needs, and
 * the codec believes them.
 *
 * <p>Source: Microsoft, BITMAPFILEHEADER and BITMAPINFOHEADER.
 */
final class BmpFile {

  private static final int FILE_HEADER = 14;
  private static final int FILE_SIZE = 2;
  private static final int PIXELS_AT = 10;
  private static final int HEADER_LENGTH = 14;
  private static final int BITS = 28;
  private static final int COMPRESSION = 30;
  private static final int COLOURS_USED = 46;
  private static final int SHORTEST_WITH_COUNT = 40;
  private static final int LONGEST_PALETTE_BITS = 8;
  private static final int BIT_FIELDS = 3;
  private static final int RLE24_OR_JPEG = 4;
  private static final int PNG = 5;
  private static final int MASKS = 12;

  private BmpFile() {}

  /**
   * The file with its own size, and a count of colours and a place of its pixels that can be.
   *
   * @throws UnreadFormException if it holds a file of another format
   */
  static byte[] inOrder(byte[] file) throws UnreadFormException {
    if (file.length < COLOURS_USED + Integer.BYTES) {
      return file;
    }
    ByteBuffer header = ByteBuffer.wrap(file.clone()).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(FILE_SIZE, file.length);
    int length = header.getInt(HEADER_LENGTH);
    if (length < SHORTEST_WITH_COUNT || length > file.length) {
      return header.array();
    }
    int compression = header.getInt(COMPRESSION);
    int bits = header.getShort(BITS);
    if (compression == RLE24_OR_JPEG && bits == 24) {
      throw new UnreadFormException("a BMP image compressed as OS/2 does (RLE24)");
    }
    if (compression == RLE24_OR_JPEG || compression == PNG) {
      throw new UnreadFormException("a BMP file with a JPEG or PNG file in it");
    }
    boolean palette = bits >= 1 && bits <= LONGEST_PALETTE_BITS;
    int colours = header.getInt(COLOURS_USED);
    int most = palette ? 1 << bits : 0;
    if (colours < 0 || colours > most) {
      header.putInt(COLOURS_USED, most);
    }
    int masks = length == SHORTEST_WITH_COUNT && compression == BIT_FIELDS ? MASKS : 0;
    int first = FILE_HEADER + length + masks;
    if (Integer.compareUnsigned(header.getInt(PIXELS_AT), first) < 0) {
      int used = header.getInt(COLOURS_USED);
      header.putInt(PIXELS_AT, first + 4 * (used == 0 ? most : used));
    }
    return header.array();
  }
}
