package dev.quadstream.image;

import java.awt.color.ICC_Profile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

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
  private static final int PLANES = 26;
  private static final int BITS = 28;
  private static final int COMPRESSION = 30;
  private static final int COLOURS_USED = 46;
  private static final int SHORTEST_WITH_COUNT = 40;
  private static final int LONGEST_PALETTE_BITS = 8;
  private static final int BIT_FIELDS = 3;
  private static final int RLE24_OR_JPEG = 4;
  private static final int PNG = 5;
  private static final int MASKS = 12;
  private static final int COLOUR_SPACE = 70;
  private static final int EMBEDDED = 'M' << 24 | 'B' << 16 | 'E' << 8 | 'D';
  private static final int SRGB = 's' << 24 | 'R' << 16 | 'G' << 8 | 'B';
  private static final int LENGTH_OF_PHOTOSHOP = 56;
  private static final int LENGTH_WITH_ALPHA = 108;
  private static final int PROFILE_AT = 126;
  private static final int PROFILE_LENGTH = 130;
  private static final int LENGTH_WITH_PROFILE = 124;

  private BmpFile() {}

  /**
   * The file with its own size, and counts of colours and planes and a place of its pixels that can
   * be.
   *
   * @throws UnreadFormException if it holds a file of another format
   */
  static byte[] inOrder(byte[] file) throws UnreadFormException {
    if (file.length < COLOURS_USED + Integer.BYTES) {
      return file;
    }
    ByteBuffer header = ByteBuffer.wrap(withKnownMasks(file)).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(FILE_SIZE, header.capacity());
    int length = header.getInt(HEADER_LENGTH);
    if (length < SHORTEST_WITH_COUNT || length > file.length) {
      return header.array();
    }
    header.putShort(PLANES, (short) 1);
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

  /** A copy; the codec knows no mask of alpha in Photoshop's header, which is shorter. */
  private static byte[] withKnownMasks(byte[] file) {
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int end = FILE_HEADER + LENGTH_OF_PHOTOSHOP;
    if (header.getInt(HEADER_LENGTH) != LENGTH_OF_PHOTOSHOP
        || header.getInt(COMPRESSION) != BIT_FIELDS
        || file.length < end) {
      return file.clone();
    }
    int more = LENGTH_WITH_ALPHA - LENGTH_OF_PHOTOSHOP;
    ByteBuffer longer =
        ByteBuffer.allocate(file.length + more)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(file, 0, end)
            .position(end + more)
            .put(file, end, file.length - end);
    longer.putInt(HEADER_LENGTH, LENGTH_WITH_ALPHA).putInt(COLOUR_SPACE, SRGB);
    return longer.putInt(PIXELS_AT, header.getInt(PIXELS_AT) + more).array();
  }

  /** The colour profile in the file, or null. */
  static ICC_Profile profile(byte[] file) {
    if (file.length < FILE_HEADER + LENGTH_WITH_PROFILE) {
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean embedded =
        header.getInt(HEADER_LENGTH) == LENGTH_WITH_PROFILE
            && header.getInt(COLOUR_SPACE) == EMBEDDED;
    long from = FILE_HEADER + (header.getInt(PROFILE_AT) & 0xFFFFFFFFL);
    long to = from + (header.getInt(PROFILE_LENGTH) & 0xFFFFFFFFL);
    return embedded && to <= file.length
        ? ColourProfile.of(Arrays.copyOfRange(file, (int) from, (int) to))
        : null;
  }
}
