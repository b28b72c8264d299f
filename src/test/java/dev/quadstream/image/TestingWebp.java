package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes lossless WebP files of pictures whose channels are 0 or 255, alpha included. */
final class TestingWebp {

  private static final int FRAME_HEADER = 16;
  private static final int IS_ANIMATED = 0x02;
  private static final int HAS_EXIF = 0x08;
  private static final int HAS_PROFILE = 0x20;
  private static final int HAS_ALPHA = 0x10;

  private TestingWebp() {}

  static byte[] encode(BufferedImage image) {
    return file(chunk("VP8L", pixels(image)));
  }

  /** In the extended form, with EXIF and a colour profile where they are not null. */
  static byte[] encode(BufferedImage image, byte[] exif, byte[] profile) {
    int flags = HAS_ALPHA | (exif == null ? 0 : HAS_EXIF) | (profile == null ? 0 : HAS_PROFILE);
    ByteBuffer header = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(flags).putInt(image.getWidth() - 1);
    header.position(7);
    header.putShort((short) (image.getHeight() - 1));
    return file(
        chunk("VP8X", header.array()),
        profile == null ? new byte[0] : chunk("ICCP", profile),
        chunk("VP8L", pixels(image)),
        exif == null ? new byte[0] : chunk("EXIF", exif));
  }

  /** Frames of one size, one after the other. */
  static byte[] animated(BufferedImage... frames) {
    return animated(frames[0].getWidth(), frames[0].getHeight(), 0, 0, frames);
  }

  /** Frames at one place of a canvas; columns and rows before it are even. */
  static byte[] animated(int width, int height, int left, int top, BufferedImage... frames) {
    ByteBuffer header = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(IS_ANIMATED | HAS_ALPHA).putInt(width - 1);
    header.position(7);
    header.putShort((short) (height - 1));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(chunk("VP8X", header.array()));
    all.writeBytes(chunk("ANIM", new byte[6]));
    for (BufferedImage frame : frames) {
      byte[] pixels = chunk("VP8L", pixels(frame));
      ByteBuffer data =
          ByteBuffer.allocate(FRAME_HEADER + pixels.length).order(ByteOrder.LITTLE_ENDIAN);
      data.putInt(0, left / 2).putInt(3, top / 2);
      data.putInt(6, frame.getWidth() - 1).putInt(9, frame.getHeight() - 1).put(12, (byte) 100);
      data.position(FRAME_HEADER);
      all.writeBytes(chunk("ANMF", data.put(pixels).array()));
    }
    return file(all.toByteArray());
  }

  private static byte[] file(byte[]... chunks) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("WEBP".getBytes(ISO_8859_1));
    for (byte[] chunk : chunks) {
      all.writeBytes(chunk);
    }
    return chunk("RIFF", all.toByteArray());
  }

  private static byte[] chunk(String name, byte[] data) {
    ByteBuffer chunk =
        ByteBuffer.allocate(8 + data.length + (data.length & 1)).order(ByteOrder.LITTLE_ENDIAN);
    return chunk.put(name.getBytes(ISO_8859_1)).putInt(data.length).put(data).array();
  }

  /** No transform, no colour cache, and for each channel a code of one bit for 0 and 255. */
  private static byte[] pixels(BufferedImage image) {
    Bits bits = new Bits();
    bits.put(0x2F, 8);
    bits.put(image.getWidth() - 1, 14);
    bits.put(image.getHeight() - 1, 14);
    bits.put(1, 1); // alpha is used
    bits.put(0, 3 + 1 + 1 + 1); // version, no transform, no cache, one set of codes
    for (int channel = 0; channel < 4; channel++) {
      bits.put(0b111, 3); // a simple code of two symbols, the first of them of eight bits
      bits.put(0, 8);
      bits.put(255, 8);
    }
    bits.put(0b0001, 4); // distances: a simple code of one symbol of one bit, 0
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int colour = image.getRGB(x, y);
        bits.put(colour >> 15 & 1, 1);
        bits.put(colour >> 23 & 1, 1);
        bits.put(colour >> 7 & 1, 1);
        bits.put(colour >>> 31, 1);
      }
    }
    return bits.toBytes();
  }

  private static final class Bits {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int current;
    private int count;

    void put(int value, int length) {
      for (int i = 0; i < length; i++) {
        current |= (value >> i & 1) << count++;
        if (count == 8) {
          bytes.write(current);
          current = 0;
          count = 0;
        }
      }
    }

    byte[] toBytes() {
      bytes.write(current);
      return bytes.toByteArray();
    }
  }
}
