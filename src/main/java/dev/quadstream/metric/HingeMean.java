package dev.quadstream.metric;

/** Over which quadruplets a hinge term of Eq. 3 is averaged. */
public enum HingeMean {
  /**
   * Those in which it is active, so that a nearly solved batch still moves the few that are not.
   */
  ACTIVE,
  /** All M of the batch, as the paper writes it. */
  ALL
}
