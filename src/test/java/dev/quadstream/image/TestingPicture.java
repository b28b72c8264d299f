package dev.quadstream.image;

import java.awt.image.BufferedImage;

/**
 * The one picture that test files show: 48 × 32 pixels in tiles of eight strong colours, unlike
 * itself in every other orientation.
 */
final class TestingPicture {

  static final int WIDTH = 48;
  static final int HEIGHT = 32;

  private static final int TILE = 8;

  private TestingPicture() {}

  /** The colour at a place, as 0xRRGGBB; each channel 0 or 255. */
  static int colour(int x, int y) {
    int column = x / TILE;
    int row = y / TILE;
    int index = (column * 5 + row * 3 + column * row) % 8;
    return (index & 4) / 4 * 0xFF0000 | (index & 2) / 2 * 0xFF00 | (index & 1) * 0xFF;
  }

  /** The picture as it is. */
  static BufferedImage upright(int type) {
    return stored(1, type);
  }

  /** The picture as a file with this EXIF orientation stores it: by the words of CIPA DC-008. */
  static BufferedImage stored(int orientation, int type) {
    boolean sideways = orientation > 4;
    int width = sideways ? HEIGHT : WIDTH;
    int height = sideways ? WIDTH : HEIGHT;
    BufferedImage image = new BufferedImage(width, height, type);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        image.setRGB(column, row, 0xFF000000 | seen(orientation, row, column));
      }
    }
    return image;
  }

  /** What is seen where the file has this row and column. */
  static int seen(int orientation, int row, int column) {
    int right = WIDTH - 1;
    int bottom = HEIGHT - 1;
    return switch (orientation) {
      case 1 -> colour(column, row); // row 0 is the visual top, column 0 the left-hand side
      case 2 -> colour(right - column, row); // top, right
      case 3 -> colour(right - column, bottom - row); // bottom, right
      case 4 -> colour(column, bottom - row); // bottom, left
      case 5 -> colour(row, column); // left, top
      case 6 -> colour(right - row, column); // right, top
      case 7 -> colour(right - row, bottom - column); // right, bottom
      case 8 -> colour(row, bottom - column); // left, bottom
      default -> throw new IllegalArgumentException("no orientation " + orientation);
    };
  }

  /** How far an image of 3 × 32 × 48 is from the picture, in grey levels, on average. */
  static double distance(PixelImage image) {
    double sum = 0;
    int area = WIDTH * HEIGHT;
    for (int i = 0; i < area; i++) {
      int colour = colour(i % WIDTH, i / WIDTH);
      sum += Math.abs(image.valueAt(i) - (colour >> 16));
      sum += Math.abs(image.valueAt(area + i) - (colour >> 8 & 0xFF));
      sum += Math.abs(image.valueAt(2 * area + i) - (colour & 0xFF));
    }
    return sum / (3 * area);
  }
}
