package dev.quadstream.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes BMP files field by field; the picture of {@link TestingPicture} in them. */
final class TestingBmp {

  private static final int FILE_HEADER = 14;
  private static final int V4_HEADER = 108;
  private static final int V5_HEADER = 124;
  private static final int INFO_HEADER = 40;
  private static final int PHOTOSHOP_HEADER = 56;
  private static final int AREA = TestingPicture.WIDTH * TestingPicture.HEIGHT;

  private TestingBmp() {}

  /** 24 bits a pixel, with this count of colours and this place of the pixels. */
  static byte[] rgb(int coloursUsed, int pixelsAt) {
    ByteBuffer file = file(INFO_HEADER, 24, 0, coloursUsed, pixelsAt, 3 * AREA);
    for (int i = 0; i < AREA; i++) {
      int colour = bottomUp(i);
      file.put((byte) colour).put((byte) (colour >> 8)).put((byte) (colour >> 16));
    }
    return file.array();
  }

  /** 32 bits a pixel with masks, alpha among them. */
  static byte[] withAlpha(int alpha) {
    ByteBuffer file = file(V4_HEADER, 32, 3, 0, FILE_HEADER + V4_HEADER, 4 * AREA);
    file.position(FILE_HEADER + INFO_HEADER);
    file.putInt(0xFF0000).putInt(0xFF00).putInt(0xFF).putInt(0xFF000000);
    file.position(FILE_HEADER + V4_HEADER);
    for (int i = 0; i < AREA; i++) {
      file.putInt(alpha << 24 | bottomUp(i));
    }
    return file.array();
  }

  /** The same with Photoshop's header, and nothing where the picture is white. */
  static byte[] ofPhotoshop() {
    ByteBuffer file = file(PHOTOSHOP_HEADER, 32, 3, 0, FILE_HEADER + PHOTOSHOP_HEADER, 4 * AREA);
    file.position(FILE_HEADER + INFO_HEADER);
    file.putInt(0xFF0000).putInt(0xFF00).putInt(0xFF).putInt(0xFF000000);
    for (int i = 0; i < AREA; i++) {
      file.putInt(bottomUp(i) == 0xFFFFFF ? 0 : 0xFF000000 | bottomUp(i));
    }
    return file.array();
  }

  /** 24 bits a pixel, red where blue is meant, and a profile that says so. */
  static byte[] withProfile(byte[] profile) {
    int length = 3 * AREA + profile.length;
    ByteBuffer file = file(V5_HEADER, 24, 0, 0, FILE_HEADER + V5_HEADER, length);
    file.putInt(70, 'M' << 24 | 'B' << 16 | 'E' << 8 | 'D');
    file.putInt(126, V5_HEADER + 3 * AREA).putInt(130, profile.length);
    for (int i = 0; i < AREA; i++) {
      int colour = bottomUp(i);
      file.put((byte) (colour >> 16)).put((byte) (colour >> 8)).put((byte) colour);
    }
    return file.put(profile).array();
  }

  /** Eight colours and this count of them. */
  static byte[] palette(int coloursUsed) {
    int pixelsAt = FILE_HEADER + INFO_HEADER + 8 * 4;
    ByteBuffer file = file(INFO_HEADER, 8, 0, coloursUsed, pixelsAt, 8 * 4 + AREA);
    for (int i = 0; i < 8; i++) {
      file.putInt((i & 4) / 4 * 0xFF0000 | (i & 2) / 2 * 0xFF00 | (i & 1) * 0xFF);
    }
    for (int i = 0; i < AREA; i++) {
      int colour = bottomUp(i);
      file.put((byte) (colour >> 16 & 4 | colour >> 8 & 2 | colour & 1));
    }
    return file.array();
  }

  /** A header with this compression and nothing behind it. */
  static byte[] compressed(int bits, int compression) {
    return file(INFO_HEADER, bits, compression, 0, FILE_HEADER + INFO_HEADER, 3 * AREA).array();
  }

  private static ByteBuffer file(
      int header, int bits, int compression, int coloursUsed, int pixelsAt, int length) {
    ByteBuffer file =
        ByteBuffer.allocate(FILE_HEADER + header + length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(pixelsAt);
    file.putInt(header).putInt(TestingPicture.WIDTH).putInt(TestingPicture.HEIGHT);
    file.putShort((short) 1).putShort((short) bits).putInt(compression);
    file.putInt(0).putInt(2_835).putInt(2_835).putInt(coloursUsed).putInt(0);
    file.position(FILE_HEADER + header);
    return file;
  }

  private static int bottomUp(int index) {
    int row = TestingPicture.HEIGHT - 1 - index / TestingPicture.WIDTH;
    return TestingPicture.colour(index % TestingPicture.WIDTH, row);
  }
}
