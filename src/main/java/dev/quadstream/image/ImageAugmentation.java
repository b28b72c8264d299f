package dev.quadstream.image;

import java.util.SplittableRandom;

/**
 * Draws a slightly moved view of an image, so that the network does not learn the one position it
 * saw. Used on what is trained only: what is mined, evaluated and published is never augmented.
 *
 * <p>Shift, rotation and scale are uniform in ± their maximum, about the image's centre. Pixels are
 * interpolated bilinearly; what lies outside takes the value of the nearest border pixel.
 * Thread-safe.
 *
 * @param maxShift largest shift along each axis, as a fraction of that side, 0 to 0.5
 * @param maxRotation largest rotation, in radians, 0 to π
 * @param maxScale largest relative change of size, 0 to 0.9
 */
public record ImageAugmentation(double maxShift, double maxRotation, double maxScale) {

  private static final double LARGEST_SHIFT = 0.5;
  private static final double LARGEST_SCALE = 0.9;

  public ImageAugmentation {
    requireWithin("shift, a fraction of the side,", maxShift, LARGEST_SHIFT);
    requireWithin("rotation in radians", maxRotation, Math.PI);
    requireWithin("relative scale", maxScale, LARGEST_SCALE);
  }

  /**
   * One view of the image.
   *
   * @param image the image, which is not changed
   * @param random draws the view; five values are taken from it whatever the options are, so that
   *     changing one option leaves the other draws as they were. The fifth has no use any more: it
   *     stays so that a seed means the same views as ever
   * @return {@code image.shape().size()} values in 0 to 1, in channel, row, column order; exactly
   *     {@code pixels / 255f} where nothing is to be moved
   */
  public float[] apply(PixelImage image, SplittableRandom random) {
    double shiftX = symmetric(random) * maxShift * image.shape().width();
    double shiftY = symmetric(random) * maxShift * image.shape().height();
    double angle = symmetric(random) * maxRotation;
    double scale = 1 + symmetric(random) * maxScale;
    random.nextBoolean();
    if (shiftX == 0 && shiftY == 0 && angle == 0 && scale == 1) {
      return image.values();
    }
    double cosine = Math.cos(angle) / scale;
    double sine = Math.sin(angle) / scale;
    return warp(image, (float) shiftX, (float) shiftY, (float) cosine, (float) sine);
  }

  /** Maps each pixel of the view back to where it comes from. */
  private static float[] warp(
      PixelImage image, float shiftX, float shiftY, float cosine, float sine) {
    int width = image.shape().width();
    int height = image.shape().height();
    int area = width * height;
    byte[] pixels = image.pixels();
    float[] view = new float[pixels.length];
    float centreX = (width - 1) / 2f;
    float centreY = (height - 1) / 2f;
    for (int row = 0; row < height; row++) {
      float dy = row - centreY - shiftY;
      for (int column = 0; column < width; column++) {
        float dx = column - centreX - shiftX;
        float x = clamp(centreX + (cosine * dx + sine * dy), width - 1);
        float y = clamp(centreY - sine * dx + cosine * dy, height - 1);
        int left = (int) x;
        int top = (int) y;
        int right = Math.min(left + 1, width - 1);
        int bottom = Math.min(top + 1, height - 1);
        float rightShare = x - left;
        float bottomShare = y - top;
        for (int plane = 0; plane < pixels.length; plane += area) {
          int upper = plane + top * width;
          int lower = plane + bottom * width;
          float above = mix(pixels[upper + left], pixels[upper + right], rightShare);
          float below = mix(pixels[lower + left], pixels[lower + right], rightShare);
          view[plane + row * width + column] = (above + (below - above) * bottomShare) * (1 / 255f);
        }
      }
    }
    return view;
  }

  private static float mix(byte left, byte right, float rightShare) {
    int from = left & 0xFF;
    return from + ((right & 0xFF) - from) * rightShare;
  }

  private static float clamp(float value, int largest) {
    // Plain comparisons: Math.min and Math.max also order NaN and -0, and this is the inner loop.
    return value < 0f ? 0f : (value > largest ? largest : value);
  }

  private static double symmetric(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  private static void requireWithin(String name, double value, double largest) {
    if (!(value >= 0 && value <= largest)) {
      throw new IllegalArgumentException(
          "The largest %s must be 0 to %s, not %s.".formatted(name, largest, value));
    }
  }
}
