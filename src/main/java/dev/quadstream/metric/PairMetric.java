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
   * @param images what the metric sees of them, made by the network that the metric is of
   * @param left number of the first image of each pair
   * @param right number of the second image of each pair; same length as {@code left}
   * @return g of each pair, in [0, 1], not squared
   */
  float[] distances(ImageFeatures images, int[] left, int[] right);

  /**
   * Whether it orders images as the distances of their embeddings do, so that re-ranking the
   * nearest ones by it changes nothing.
   */
  default boolean ordersAsEmbeddings() {
    return false;
  }
}
