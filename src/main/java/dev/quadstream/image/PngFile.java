package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.quadstream.image.SampleMeaning.Alpha;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file reduced to the chunks that its pixels need.
 *
 * <p>Java's codec reads all chunks of an image with a palette and refuses the whole for a note with
 * an odd date, or for a second palette; it also does not look at checksums.
 *
 * <p>Source: PNG, third edition (W3C), 5 and 11.
 */
final class PngFile {

  private static final int SIGNATURE = 8;
  private static final int NAME_AND_LENGTH = 8;
  private static final int CHECKSUM = 4;
  private static final int COLOUR_TYPE_AT = 25;
  private static final int PALETTE = 3;
  private static final int WITH_ALPHA = 4;
  private static final Set<String> PIXELS = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
  private static final byte[] END = {
    0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82
  };
  private static final double SRGB_GAMMA = 1 / 2.2;
  private static final double SAME_GAMMA = 0.02;

  private final byte[] file;
  private final ByteArrayOutputStream pixels;
  private Orientation orientation = Orientation.AS_IT_IS;
  private boolean hasPalette;
  private boolean isSrgb;
  private double gamma;
  private ICC_Profile profile;

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

  /** What the file says of its samples; a profile counts more than a gamma. */
  SampleMeaning meaning() {
    boolean plain = isSrgb || profile != null || Math.abs(gamma - SRGB_GAMMA) < SAME_GAMMA;
    return new SampleMeaning(Alpha.MEANT, false, 0, plain ? 0 : gamma, isSrgb ? null : profile);
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
      if (isInPlace(name)) {
        pixels.write(file, from, to - from);
      }
      hasPalette |= name.equals("PLTE");
      return;
    }
    int data = from + NAME_AND_LENGTH;
    int end = to - CHECKSUM;
    switch (name) {
      case "eXIf" -> orientation = Exif.orientation(file, data, end);
      case "zTXt", "tEXt" -> turn(RawProfile.orientation(file, data, end, name.equals("zTXt")));
      case "sRGB" -> isSrgb = true;
      case "gAMA" -> gamma = end - data == 4 ? gamma(ByteBuffer.wrap(file).getInt(data)) : 0;
      case "iCCP" -> profile = ColourProfile.ofPng(file, data, end);
      case "CgBI" ->
          throw new UnreadFormException(
              "a PNG in the form of iPhone apps (CgBI; pngcrush -revert-iphone-optimizations turns"
                  + " it back)");
      default -> {} // notes for people and for other programs
    }
  }

  /**
   * Other decoders, too, pass over a second palette, and transparency before it or beside alpha.
   */
  private boolean isInPlace(String name) {
    int type = file[COLOUR_TYPE_AT];
    return switch (name) {
      case "PLTE" -> !hasPalette;
      case "tRNS" -> type < WITH_ALPHA && (type != PALETTE || hasPalette);
      default -> true;
    };
  }

  /** By a text, which counts less than the chunk for EXIF. */
  private void turn(Orientation noted) {
    if (orientation.equals(Orientation.AS_IT_IS)) {
      orientation = noted;
    }
  }

  /** Of a hundred thousandth; what no picture has is taken for a mistake. */
  private static double gamma(int stored) {
    double value = stored / 100_000.0;
    return value >= 0.1 && value <= 10 ? value : 0;
  }

  private void requireChecksum(String name, int from, int to) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(file, from + 4, to - from - 4 - CHECKSUM);
    if ((int) checksum.getValue() != ByteBuffer.wrap(file).getInt(to - CHECKSUM)) {
      throw new IOException("the checksum of its %s chunk is wrong".formatted(name));
    }
  }
}
