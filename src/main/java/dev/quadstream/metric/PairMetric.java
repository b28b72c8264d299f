package dev.quadstream.metric;

/**
 * The distance g(x, y) between two images: in [0, 1], symmetric, larger means more different.
 *
 * <p>g of Eq. 2 to 4. Under the Euclidean metric g = ½‖f_x − f_y‖ on unit vectors, under the
 * learned metric g is the "dissimilar" output of a two-way softmax over features of the pair.
 */
public interface PairMetric {

  /**
   * The distances of many pairs at once.
   *
   * @param left what the metric sees of some images, made by the network that the metric is of
   * @param leftImages number in {@code left} of the first image of each pair
   * @param right the same of the same images or others
   * @param rightImages number in {@code right} of the second image of each pair; as many
   * @return g of each pair, in [0, 1], not squared
   */
  float[] distances(ImageFeatures left, int[] leftImages, ImageFeatures right, int[] rightImages);

  /** The same within one set of images. */
  default float[] distances(ImageFeatures images, int[] left, int[] right) {
    return distances(images, left, images, right);
  }

  /** Whether it sees the embeddings alone, so that {@link UnitEmbeddings} are features for it. */
  default boolean fusesLate() {
    return true;
  }

  /**
   * Whether it orders images as the distances of their embeddings do, so that re-ranking the
   * nearest ones by it changes nothing.
   */
  default boolean ordersAsEmbeddings() {
    return false;
  }
}
