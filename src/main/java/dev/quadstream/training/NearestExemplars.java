package dev.quadstream.training;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.search.VectorBlock;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * For each image of a window its nearest exemplars, and its nearest of another class, by exact
 * search on unit vectors: linear in the memory for each image.
 */
final class NearestExemplars {

  /** So many of the nearest are told for each image. */
  private static final int SHORTLIST = 5;

  private final List<Exemplar> exemplars;

  /** {@link #SHORTLIST} for each image, the nearest first; −1 where there are not so many. */
  private final int[] nearest;

  private final int[] nearestOther;

  private NearestExemplars(List<Exemplar> exemplars, int[] nearest, int[] nearestOther) {
    this.exemplars = exemplars;
    this.nearest = nearest;
    this.nearestOther = nearestOther;
  }

  /** Searches with the embeddings that the exemplars have. */
  static NearestExemplars search(
      List<LabeledImage> images, float[][] embeddings, List<Exemplar> exemplars) {
    return search(images, embeddings, exemplars, place -> exemplars.get(place).embedding());
  }

  /**
   * Searches.
   *
   * @param embeddings of the images, one row each
   * @param embedding of the exemplar at a place, by the same model
   */
  static NearestExemplars search(
      List<LabeledImage> images,
      float[][] embeddings,
      List<Exemplar> exemplars,
      IntFunction<float[]> embedding) {
    int[] nearest = new int[images.size() * SHORTLIST];
    int[] nearestOther = new int[images.size()];
    Arrays.fill(nearest, -1);
    Arrays.fill(nearestOther, -1);
    NearestExemplars found = new NearestExemplars(exemplars, nearest, nearestOther);
    if (images.isEmpty() || exemplars.isEmpty()) {
      return found;
    }
    float[] best = new float[nearest.length];
    float[] bestOther = new float[nearestOther.length];
    // What an exemplar has to exceed to be among those that are told.
    float[] least = new float[nearestOther.length];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    Arrays.fill(bestOther, Float.NEGATIVE_INFINITY);
    Arrays.fill(least, Float.NEGATIVE_INFINITY);
    VectorBlock block = new VectorBlock(embeddings[0].length);
    for (int start = 0; start < exemplars.size(); start += VectorBlock.SIZE) {
      int count = block.load(embedding, start, exemplars.size());
      for (int row = 0; row < nearestOther.length; row++) {
        float[] similarities = block.innerProducts(embeddings[row]);
        LabeledImage image = images.get(row);
        for (int e = 0; e < count; e++) {
          float similarity = similarities[e];
          if (!(similarity > least[row])) {
            continue;
          }
          LabeledImage other = exemplars.get(start + e).image();
          // An image that comes again must not find itself.
          if (other.id().equals(image.id())) {
            continue;
          }
          int last = row * SHORTLIST + SHORTLIST - 1;
          if (similarity > best[last]) {
            insert(start + e, similarity, nearest, best, last);
          }
          if (similarity > bestOther[row] && !other.label().equals(image.label())) {
            bestOther[row] = similarity;
            nearestOther[row] = start + e;
          }
          least[row] = Math.min(best[last], bestOther[row]);
        }
      }
    }
    return found;
  }

  /** In the place of the last of a shortlist, before all that are less near. */
  private static void insert(
      int exemplar, float similarity, int[] nearest, float[] best, int last) {
    int place = last;
    for (; place % SHORTLIST > 0 && similarity > best[place - 1]; place--) {
      best[place] = best[place - 1];
      nearest[place] = nearest[place - 1];
    }
    best[place] = similarity;
    nearest[place] = exemplar;
  }

  /** The nearest exemplar, or null where the memory holds no other image. */
  Exemplar of(int row) {
    int found = nearest[row * SHORTLIST];
    return found < 0 ? null : exemplars.get(found);
  }

  /**
   * The share of a class among the nearest exemplars of an image, of five or as many as there are
   * of the class: 0 to 1.
   *
   * @param ofClass exemplars of the class, 1 or more
   */
  double precision(int row, String label, int ofClass) {
    int of = Math.min(ofClass, SHORTLIST);
    int right = 0;
    for (int place = row * SHORTLIST; place < row * SHORTLIST + of; place++) {
      if (nearest[place] >= 0 && exemplars.get(nearest[place]).image().label().equals(label)) {
        right++;
      }
    }
    return (double) right / of;
  }

  /** The nearest exemplar of another class, or null where the memory holds none. */
  Exemplar ofAnotherClass(int row) {
    return nearestOther[row] < 0 ? null : exemplars.get(nearestOther[row]);
  }
}
