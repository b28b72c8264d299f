package dev.quadstream.evaluation;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.util.List;

/** Images as vectors without any network: the baseline that every embedding has to beat. */
public final class RawPixels {

  private static final float WHITE = 255;

  private RawPixels() {}

  /**
   * The pixels of each image as a vector.
   *
   * @param images all of one shape
   * @return one row an image, channels × height × width values in [0, 1], not of unit length
   * @throws IllegalArgumentException if the shapes differ
   */
  public static float[][] of(List<PixelImage> images) {
    float[][] vectors = new float[images.size()][];
    for (int row = 0; row < vectors.length; row++) {
      requireShape(images.get(0).shape(), images.get(row).shape(), row);
      vectors[row] = vector(images.get(row));
    }
    return vectors;
  }

  private static float[] vector(PixelImage image) {
    float[] vector = new float[image.shape().size()];
    for (int index = 0; index < vector.length; index++) {
      vector[index] = image.valueAt(index) / WHITE;
    }
    return vector;
  }

  private static void requireShape(ImageShape first, ImageShape shape, int row) {
    if (!shape.equals(first)) {
      throw new IllegalArgumentException(
          "Image %d is %s but image 0 is %s; resize all to one shape before comparing pixels."
              .formatted(row, shape, first));
    }
  }
}
