package dev.quadstream.metric;

/**
 * Four images of one batch, by their rows: (i, j, k, l) of the paper's §3.
 *
 * <p>Anchor and positive are two images of one class; negative and second negative come from two
 * further classes, so a quadruplet always spans three classes.
 *
 * @param anchor row of i
 * @param positive row of j, of the anchor's class, another image than the anchor
 * @param negative row of k, of another class
 * @param secondNegative row of l, of a class that is neither the anchor's nor the negative's
 */
public record Quadruplet(int anchor, int positive, int negative, int secondNegative) {

  /**
   * Whether the four rows fulfil the paper's conditions s_i = s_j, s_k ≠ s_i, s_l ≠ s_i, s_l ≠ s_k.
   *
   * @param classes class of each row of the batch
   */
  public boolean isValidFor(int[] classes) {
    int own = classes[anchor];
    int other = classes[negative];
    int third = classes[secondNegative];
    return anchor != positive
        && own == classes[positive]
        && own != other
        && own != third
        && other != third;
  }
}
