package dev.quadstream.metric;

/**
 * Four images of one batch, by their rows: (i, j, k, l) of the paper's §3.
 *
 * <p>Anchor and positive are two images of one class; negative and second negative come from two
 * further classes, so a quadruplet spans three classes. The triplet of Eq. 2 spans two: it has no
 * second negative.
 *
 * @param anchor row of i
 * @param positive row of j, of the anchor's class, another image than the anchor
 * @param negative row of k, of another class
 * @param secondNegative row of l, of a class that is neither the anchor's nor the negative's;
 *     {@link #NONE} in a triplet
 */
public record Quadruplet(int anchor, int positive, int negative, int secondNegative) {

  /** In place of a row, where a triplet has none. */
  public static final int NONE = -1;

  /** A triplet: (i, j, k) alone. */
  public static Quadruplet triplet(int anchor, int positive, int negative) {
    return new Quadruplet(anchor, positive, negative, NONE);
  }

  public boolean isTriplet() {
    return secondNegative == NONE;
  }
}
