package dev.quadstream.image;

import java.util.SplittableRandom;

/**
 * One of the ways to lay an image down: mirrored or not, upside down or not, and turned by a
 * quarter or not; together the eight symmetries of the square.
 *
 * @param mirrored left and right are swapped
 * @param flipped top and bottom are swapped
 * @param transposed rows and columns are swapped after that, for square images only
 */
public record Orientation(boolean mirrored, boolean flipped, boolean transposed) {

  /** The image is not moved. */
  static final Orientation AS_IT_IS = new Orientation(false, false, false);

  /** Which orientations are drawn from. */
  public enum Choice {
    /** As the images are. */
    UPRIGHT,
    /** As they are, and mirrored left to right. */
    MIRRORED,
    /** All eight, or the four that keep the shape of an image that is not square. */
    ALL
  }

  /**
   * Draws one; three values are taken from the generator whatever the choice.
   *
   * @param shape of the images that are to be laid down
   */
  public static Orientation draw(Choice choice, ImageShape shape, SplittableRandom random) {
    boolean mirrored = random.nextBoolean();
    boolean flipped = random.nextBoolean();
    boolean transposed = random.nextBoolean();
    boolean all = choice == Choice.ALL;
    return new Orientation(
        mirrored && choice != Choice.UPRIGHT,
        flipped && all,
        transposed && all && shape.height() == shape.width());
  }

  /** What brings a picture upright whose EXIF is this (CIPA DC-008, 4.6.4, tag 274). */
  static Orientation ofExif(TiffFields exif) {
    return switch ((int) exif.first(TiffFields.ORIENTATION, 1)) {
      case 2 -> new Orientation(true, false, false);
      case 3 -> new Orientation(true, true, false);
      case 4 -> new Orientation(false, true, false);
      case 5 -> new Orientation(false, false, true);
      case 6 -> new Orientation(false, true, true);
      case 7 -> new Orientation(true, true, true);
      case 8 -> new Orientation(true, false, true);
      default -> AS_IT_IS;
    };
  }

  /**
   * The values of an image in this orientation.
   *
   * @param values in channel, row, column order, which are not changed
   * @param shape of the image; square where this is transposed
   * @throws IllegalArgumentException if it is not
   */
  public float[] of(float[] values, ImageShape shape) {
    if (transposed && shape.height() != shape.width()) {
      throw new IllegalArgumentException(
          "Rows and columns of an image of %s cannot be swapped: it is not square."
              .formatted(shape));
    }
    if (!mirrored && !flipped && !transposed) {
      return values;
    }
    int height = shape.height();
    int width = shape.width();
    float[] laid = new float[values.length];
    for (int plane = 0; plane < values.length; plane += height * width) {
      for (int row = 0; row < height; row++) {
        int fromRow = flipped ? height - 1 - row : row;
        for (int column = 0; column < width; column++) {
          int fromColumn = mirrored ? width - 1 - column : column;
          int to = transposed ? column * width + row : row * width + column;
          laid[plane + to] = values[plane + fromRow * width + fromColumn];
        }
      }
    }
    return laid;
  }
}
