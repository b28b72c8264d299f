package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.search.VectorBlock;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

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

  /**
   * Searches.
   *
   * @param embeddings of the images, one row each
   * @param embedding of an exemplar, by the same model
   */
  static NearestExemplars search(
      List<LabeledImage> images,
      float[][] embeddings,
      List<Exemplar> exemplars,
      Function<Exemplar, float[]> embedding) {
    int[] nearest = new int[images.size()];
    int[] nearestOther = new int[images.size()];
    Arrays.fill(nearest, -1);
    Arrays.fill(nearestOther, -1);
    NearestExemplars found = new NearestExemplars(exemplars, nearest, nearestOther);
    if (images.isEmpty() || exemplars.isEmpty()) {
      return found;
    }
    float[] best = new float[nearest.length];
    float[] bestOther = new float[nearest.length];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    Arrays.fill(bestOther, Float.NEGATIVE_INFINITY);
    VectorBlock block = new VectorBlock(embeddings[0].length);
    for (int start = 0; start < exemplars.size(); start += VectorBlock.SIZE) {
      int count = block.load(e -> embedding.apply(exemplars.get(e)), start, exemplars.size());
      for (int row = 0; row < nearest.length; row++) {
        float[] similarities = block.innerProducts(embeddings[row]);
        LabeledImage image = images.get(row);
        for (int e = 0; e < count; e++) {
          float similarity = similarities[e];
          // The nearest of another class is never nearer than the nearest of all.
          if (!(similarity > bestOther[row])) {
            continue;
          }
          LabeledImage other = exemplars.get(start + e).image();
          // An image that comes again must not find itself.
          if (other.id().equals(image.id())) {
            continue;
          }
          if (similarity > best[row]) {
            best[row] = similarity;
            nearest[row] = start + e;
          }
          if (!other.label().equals(image.label())) {
            bestOther[row] = similarity;
            nearestOther[row] = start + e;
          }
        }
      }
    }
    return found;
  }

  /** The nearest exemplar, or null where the memory holds no other image. */
  Exemplar of(int row) {
    return nearest[row] < 0 ? null : exemplars.get(nearest[row]);
  }

  /** The nearest exemplar of another class, or null where the memory holds none. */
  Exemplar ofAnotherClass(int row) {
    return nearestOther[row] < 0 ? null : exemplars.get(nearestOther[row]);
  }
}
