package dev.quadstream.image;

import java.util.Arrays;

/**
 * A decoded image as it crosses the operators: unsigned bytes in channel, row, column order.
 *
 * <p>The array is not copied: whoever holds a {@code PixelImage} must not write to it.
 *
 * @param shape the image's size
 * @param pixels one unsigned byte a value, {@code shape.size()} of them
 */
public record PixelImage(ImageShape shape, byte[] pixels) implements ImageContent {

  public PixelImage {
    if (pixels.length != shape.size()) {
      throw new IllegalArgumentException(
          "An image of shape %s has %d values, not %d."
              .formatted(shape, shape.size(), pixels.length));
    }
  }

  /** The value at {@code index}, 0 to 255. */
  public int valueAt(int index) {
    return pixels[index] & 0xFF;
  }

  /** All values, from 0 to 1. */
  @Override
  public float[] values() {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = valueAt(i) / 255f;
    }
    return values;
  }

  /** Whether all pixels are alike: there is nothing to be seen. */
  public boolean isOfOneColour() {
    int area = shape.height() * shape.width();
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] != pixels[i / area * area]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PixelImage image
        && shape.equals(image.shape)
        && Arrays.equals(pixels, image.pixels);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(pixels);
  }

  @Override
  public String toString() {
    return "PixelImage[" + shape + "]";
  }
}
