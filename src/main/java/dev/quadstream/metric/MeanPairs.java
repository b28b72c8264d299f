package dev.quadstream.metric;

/** Over which pairs μ_p and μ_n of Eq. 4 are taken. */
public enum MeanPairs {
  /** All pairs of the batch's distinct images: unbiased, whatever was mined. */
  BATCH,
  /**
   * The pairs of the quadruplets, as the paper writes it: N_p = M pairs (i, j), and N_n = 2M pairs
   * (i, k) and (l, k). Unbiased where the quadruplets are drawn at random, and only there.
   */
  QUADRUPLETS
}
