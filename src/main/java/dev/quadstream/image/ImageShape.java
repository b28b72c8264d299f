package dev.quadstream.image;

/**
 * The size of an image as the network reads it.
 *
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param height rows, 8 to 1024 pixels
 * @param width columns, 8 to 1024 pixels
 */
public record ImageShape(int channels, int height, int width) {

  private static final int SMALLEST_SIDE = 8;
  private static final int LARGEST_SIDE = 1024;

  public ImageShape {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "An image has 1 channel (grey) or 3 (colour), not " + channels + ".");
    }
    requireSide("height", height);
    requireSide("width", width);
  }

  private static void requireSide(String name, int pixels) {
    if (pixels < SMALLEST_SIDE || pixels > LARGEST_SIDE) {
      throw new IllegalArgumentException(
          "The image %s must be %d to %d pixels, not %d."
              .formatted(name, SMALLEST_SIDE, LARGEST_SIDE, pixels));
    }
  }

  /** The number of values in one image: channels × height × width. */
  public int size() {
    return channels * height * width;
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
