package dev.quadstream.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rewrites the size that a small image announces in its header. Stateless. */
public final class TestingSizes {

  private static final int TIFF_WIDTH = 256;
  private static final int TIFF_HEIGHT = 257;
  private static final int TIFF_ENTRY = 12;

  private TestingSizes() {}

  /** The same array with another width and height in it; formats it does not know stay. */
  public static byte[] announce(byte[] image, int width, int height) {
    ByteBuffer big = ByteBuffer.wrap(image);
    ByteBuffer little = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    switch (image[0] & 0xFF) {
      case 0x89 -> big.putInt(16, width).putInt(20, height);
      case 'G' -> {
        little.putShort(6, (short) width).putShort(8, (short) height);
        for (int i = 13; i < image.length - 9; i++) {
          // The first image descriptor: a comma, two zero offsets, then the size of the frame.
          if (image[i] == ',' && little.getInt(i + 1) == 0) {
            little.putShort(i + 5, (short) width).putShort(i + 7, (short) height);
            break;
          }
        }
      }
      case 'B' -> little.putInt(18, width).putInt(22, height);
      case 'M' -> announceInTiff(big, width, height);
      case 'I' -> announceInTiff(little, width, height);
      case 0xFF -> announceInJpeg(big, width, height);
      default -> announceInWebp(little, width, height);
    }
    return image;
  }

  private static void announceInTiff(ByteBuffer tiff, int width, int height) {
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + i * TIFF_ENTRY;
      int tag = tiff.getShort(entry);
      if (tag == TIFF_WIDTH || tag == TIFF_HEIGHT) {
        // As a 32-bit number, whatever it was.
        tiff.putShort(entry + 2, (short) 4).putInt(entry + 8, tag == TIFF_WIDTH ? width : height);
      }
    }
  }

  private static void announceInJpeg(ByteBuffer jpeg, int width, int height) {
    for (int i = 2; i < jpeg.limit() - 9; i++) {
      int marker = jpeg.getShort(i) & 0xFFFF;
      if (marker == 0xFFC0 || marker == 0xFFC2) {
        jpeg.putShort(i + 5, (short) height).putShort(i + 7, (short) width);
        return;
      }
    }
  }

  /** The simple lossy form keeps its size behind a start code, the extended one in front. */
  private static void announceInWebp(ByteBuffer webp, int width, int height) {
    switch (webp.get(15)) {
      case ' ' -> webp.putShort(26, (short) width).putShort(28, (short) height);
      case 'L' -> webp.putInt(21, (width - 1) | ((height - 1) << 14));
      default -> {
        webp.putShort(24, (short) (width - 1)).put(26, (byte) 0);
        webp.putShort(27, (short) (height - 1)).put(29, (byte) 0);
      }
    }
  }
}
