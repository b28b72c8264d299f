package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file reduced to the chunks that its pixels need.
 *
 * <p>Java's codec reads all chunks of an image with a palette and refuses the whole for a note with
 * an odd date; it also does not look at checksums.
 *
 * <p>Source: PNG, third edition (W3C), 5 and 11.
 */
final class PngFile {

  private static final int SIGNATURE = 8;
  private static final int NAME_AND_LENGTH = 8;
  private static final int CHECKSUM = 4;
  private static final Set<String> PIXELS = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
  private static final byte[] END = {
    0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82
  };
  private static final String APPLE = "CgBI";

  private final byte[] file;
  private final ByteArrayOutputStream pixels;
  private Orientation orientation = Orientation.AS_IT_IS;
  private boolean isOfApple;

  private PngFile(byte[] file) {
    this.file = file;
    this.pixels = new ByteArrayOutputStream(file.length + END.length);
  }

  /**
   * Goes through the chunks of a file.
   *
   * @throws IOException if a chunk of its pixels is damaged
   */
  static PngFile of(byte[] file) throws IOException {
    PngFile png = new PngFile(file);
    png.pixels.write(file, 0, SIGNATURE);
    png.walk();
    return png;
  }

  /** The file without what its pixels do not need. */
  byte[] pixels() {
    return pixels.toByteArray();
  }

  /** What brings the picture upright. */
  Orientation orientation() {
    return orientation;
  }

  /** The kind of PNG, where it is one that the codec does not read. */
  Optional<String> unreadKind() {
    return isOfApple
        ? Optional.of(
            "a PNG in the form of iPhone apps (CgBI; pngcrush -revert-iphone-optimizations turns it back)")
        : Optional.empty();
  }

  private void walk() throws IOException {
    ByteBuffer chunks = ByteBuffer.wrap(file);
    int at = SIGNATURE;
    while (at + NAME_AND_LENGTH <= file.length) {
      long length = chunks.getInt(at) & 0xFFFFFFFFL;
      long next = at + NAME_AND_LENGTH + length + CHECKSUM;
      String name = new String(file, at + 4, 4, ISO_8859_1);
      if (next > file.length) {
        if (PIXELS.contains(name)) {
          throw new IOException("it ends within its %s chunk".formatted(name));
        }
        break;
      }
      chunk(name, at, (int) next);
      if (name.equals("IEND")) {
        return;
      }
      at = (int) next;
    }
    // Without its last chunk, as some writers leave it, a picture is still whole.
    pixels.writeBytes(END);
  }

  private void chunk(String name, int from, int to) throws IOException {
    if (PIXELS.contains(name)) {
      requireChecksum(name, from, to);
      pixels.write(file, from, to - from);
    } else if (name.equals("eXIf")) {
      orientation = Exif.orientation(file, from + NAME_AND_LENGTH, to - CHECKSUM);
    } else if (name.equals(APPLE)) {
      isOfApple = true;
    }
  }

  private void requireChecksum(String name, int from, int to) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(file, from + 4, to - from - 4 - CHECKSUM);
    if ((int) checksum.getValue() != ByteBuffer.wrap(file).getInt(to - CHECKSUM)) {
      throw new IOException("the checksum of its %s chunk is wrong".formatted(name));
    }
  }
}
