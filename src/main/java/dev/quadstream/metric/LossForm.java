package dev.quadstream.metric;

/** Which hinge terms the loss has. */
public enum LossForm {
  /** Eq. 2, the baseline: the first term alone. */
  TRIPLET,
  /** Eq. 3: both terms. */
  QUADRUPLET
}
