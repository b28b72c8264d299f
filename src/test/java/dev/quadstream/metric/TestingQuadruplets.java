package dev.quadstream.metric;

/** What the paper asks of a quadruplet. */
public final class TestingQuadruplets {

  private TestingQuadruplets() {}

  /**
   * Whether the rows fulfil s_i = s_j, s_k ≠ s_i, s_l ≠ s_i, s_l ≠ s_k, of which a triplet has the
   * first two.
   *
   * @param classes class of each row of the batch
   */
  public static boolean isValid(Quadruplet rows, int[] classes) {
    int own = classes[rows.anchor()];
    int other = classes[rows.negative()];
    if (rows.anchor() == rows.positive() || own != classes[rows.positive()] || own == other) {
      return false;
    }
    return rows.isTriplet()
        || (own != classes[rows.secondNegative()] && other != classes[rows.secondNegative()]);
  }
}
