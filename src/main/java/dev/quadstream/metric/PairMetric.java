package dev.quadstream.metric;

/**
 * The distance g(x, y) between two embeddings: in [0, 1], symmetric, larger means more different.
 *
 * <p>g of Eq. 2 to 4. Under the Euclidean metric g = ½‖f_x − f_y‖ on unit vectors, under the
 * learned metric g is the "dissimilar" output of a two-way softmax over features of the pair.
 */
public interface PairMetric {

  /**
   * The distances of many pairs at once.
   *
   * @param embeddings unit-length vectors, one a row
   * @param left row of the first image of each pair
   * @param right row of the second image of each pair; same length as {@code left}
   * @return g of each pair, in [0, 1], not squared
   */
  float[] distances(float[][] embeddings, int[] left, int[] right);
}
