package dev.quadstream.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The sizes that the frames within a WebP file announce, and its EXIF. Its codec believes the
 * sizes, whatever the canvas around them says, and keeps about 25 bytes of heap a pixel: 42 bytes
 * can ask for 6 GB.
 *
 * <p>Frames are looked for wherever they may be and not by walking the chunks, since whoever wants
 * to hide one would only need a walk that errs otherwise than the codec's. (That four bytes of
 * image data spell a frame's name, with a size beyond the limit behind it, happens once in 10 GB.)
 */
final class WebpFile {

  private static final int LOSSY = fourCharacters("VP8 ");
  private static final int LOSSLESS = fourCharacters("VP8L");

  private static final int EXIF = fourCharacters("EXIF");
  private static final int SIGNATURE = 12;

  /** A chunk's name and length. */
  private static final int CHUNK_HEADER = 8;

  private static final byte LOSSLESS_SIGNATURE = 0x2F;
  private static final int FOURTEEN_BITS = 0x3FFF;

  private WebpFile() {}

  /** Width × height of the largest frame, 0 where there is none. */
  static long largestFrame(byte[] encoded) {
    ByteBuffer file = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    long largest = 0;
    for (int chunk = 0; chunk + CHUNK_HEADER + 10 <= encoded.length; chunk++) {
      if (encoded[chunk] == 'V') {
        largest = Math.max(largest, pixels(file, chunk));
      }
    }
    return largest;
  }

  /** What brings the picture upright. */
  static Orientation orientation(byte[] encoded) {
    ByteBuffer file = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
    long chunk = SIGNATURE;
    while (chunk + CHUNK_HEADER <= encoded.length) {
      int from = (int) chunk + CHUNK_HEADER;
      long length = file.getInt((int) chunk + 4) & 0xFFFFFFFFL;
      if (file.getInt((int) chunk) == EXIF) {
        return Exif.orientation(encoded, from, (int) Math.min(encoded.length, from + length));
      }
      chunk = from + length + (length & 1);
    }
    return Orientation.AS_IT_IS;
  }

  private static long pixels(ByteBuffer file, int chunk) {
    int name = file.getInt(chunk);
    int payload = chunk + CHUNK_HEADER;
    // Its start code is not asked for: the codec does not either.
    if (name == LOSSY) {
      long width = file.getShort(payload + 6) & FOURTEEN_BITS;
      return width * (file.getShort(payload + 8) & FOURTEEN_BITS);
    }
    if (name == LOSSLESS && file.get(payload) == LOSSLESS_SIGNATURE) {
      int size = file.getInt(payload + 1);
      return (1L + (size & FOURTEEN_BITS)) * (1L + (size >>> 14 & FOURTEEN_BITS));
    }
    return 0;
  }

  private static int fourCharacters(String name) {
    return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
  }
}
