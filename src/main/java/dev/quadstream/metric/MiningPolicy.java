package dev.quadstream.metric;

/** Which negatives a quadruplet is built from. All compare g² as Eq. 3 does. */
public enum MiningPolicy {
  /** Any image of another class, each as likely: the paper's quadruplets before its mining. */
  RANDOM,
  /**
   * The nearest negative beyond the positive, and where there is none the farthest: Schroff et al.,
   * "FaceNet" (CVPR 2015), in the form that batch implementations have given it.
   */
  SEMI_HARD,
  /** The farthest positive and the nearest negatives. Collapses easily, and loves wrong labels. */
  HARDEST,
  /**
   * At random among the negatives that violate the margin yet lie beyond the positive, {@code g_p²
   * < g_n² < g_p² + α}; where there is none, among the five nearest. The default.
   */
  MARGIN
}
