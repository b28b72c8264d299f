package dev.quadstream.training;

import dev.quadstream.image.ImageContent;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.List;

/**
 * Tells a collapsed embedding from images that are alike: a covered lens under many labels shows
 * the same point for every image whatever the network is.
 */
final class CollapseEvidence {

  /** Grey levels, of 255, that two images differ by in the mean to count as different. */
  private static final int DIFFERENT_LEVELS = 4;

  private CollapseEvidence() {}

  /**
   * The mean ¼‖f_x − f_y‖² over the pairs of different classes whose pixels differ; NaN where there
   * is none.
   */
  static double meanDistance(List<LabeledImage> images, double[][] embeddings, int[] classes) {
    double sum = 0;
    long pairs = 0;
    for (int i = 0; i < classes.length; i++) {
      for (int j = 0; j < i; j++) {
        if (classes[i] != classes[j] && differ(images.get(i).image(), images.get(j).image())) {
          sum += quarterOfSquare(embeddings[i], embeddings[j]);
          pairs++;
        }
      }
    }
    return sum / pairs;
  }

  private static boolean differ(ImageContent one, ImageContent other) {
    return one instanceof PixelImage first && other instanceof PixelImage second
        ? pixelsDiffer(first, second)
        : featuresDiffer(one.values(), other.values());
  }

  /** Features are about 1, as the pixels' range is. */
  private static boolean featuresDiffer(float[] one, float[] other) {
    double difference = 0;
    for (int i = 0; i < one.length; i++) {
      difference += Math.abs(one[i] - other[i]);
    }
    return 255 * difference >= (double) DIFFERENT_LEVELS * one.length;
  }

  private static boolean pixelsDiffer(PixelImage one, PixelImage other) {
    long difference = 0;
    int values = one.shape().size();
    for (int i = 0; i < values; i++) {
      difference += Math.abs(one.valueAt(i) - other.valueAt(i));
    }
    return difference >= (long) DIFFERENT_LEVELS * values;
  }

  private static double quarterOfSquare(double[] one, double[] other) {
    double sum = 0;
    for (int d = 0; d < one.length; d++) {
      double difference = one[d] - other[d];
      sum += difference * difference;
    }
    return sum / 4;
  }
}
