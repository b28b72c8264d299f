package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import java.util.List;

/**
 * For each image of a window its nearest exemplar, and its nearest of another class, by exact
 * search on unit vectors: linear in the memory for each image.
 */
final class NearestExemplars {

  private final List<Exemplar> exemplars;
  private final int[] nearest;
  private final int[] nearestOther;

  private NearestExemplars(List<Exemplar> exemplars, int[] nearest, int[] nearestOther) {
    this.exemplars = exemplars;
    this.nearest = nearest;
    this.nearestOther = nearestOther;
  }

  static NearestExemplars search(
      List<LabeledImage> images, float[][] embeddings, List<Exemplar> exemplars) {
    int[] nearest = new int[images.size()];
    int[] nearestOther = new int[images.size()];
    for (int row = 0; row < nearest.length; row++) {
      LabeledImage image = images.get(row);
      float best = Float.NEGATIVE_INFINITY;
      float bestOther = Float.NEGATIVE_INFINITY;
      nearest[row] = -1;
      nearestOther[row] = -1;
      for (int e = 0; e < exemplars.size(); e++) {
        Exemplar exemplar = exemplars.get(e);
        // An image that comes again must not find itself.
        if (exemplar.image().id().equals(image.id())) {
          continue;
        }
        float similarity = dot(embeddings[row], exemplar.embedding());
        if (similarity > best) {
          best = similarity;
          nearest[row] = e;
        }
        if (similarity > bestOther && !exemplar.image().label().equals(image.label())) {
          bestOther = similarity;
          nearestOther[row] = e;
        }
      }
    }
    return new NearestExemplars(exemplars, nearest, nearestOther);
  }

  /** The nearest exemplar, or null where the memory holds no other image. */
  Exemplar of(int row) {
    return nearest[row] < 0 ? null : exemplars.get(nearest[row]);
  }

  /** The nearest exemplar of another class, or null where the memory holds none. */
  Exemplar ofAnotherClass(int row) {
    return nearestOther[row] < 0 ? null : exemplars.get(nearestOther[row]);
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }
}
