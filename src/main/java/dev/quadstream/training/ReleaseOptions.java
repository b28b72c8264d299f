package dev.quadstream.training;

/**
 * How releases are decided.
 *
 * @param policy who decides
 * @param margin δ: a release may be worse than the one before by less than that, in recall@1; above
 *     0, at most 1
 * @param gain a release must be better by that, in recall@1, unless the run has doubled since the
 *     one before; 0 asks for none
 */
public record ReleaseOptions(ReleasePolicy policy, double margin, double gain) {

  public ReleaseOptions {
    if (!(margin > 0 && margin <= 1)) {
      throw new IllegalArgumentException(
          "The margin of a release is above 0 and at most 1, not %s.".formatted(margin));
    }
    if (!(gain >= 0 && gain <= 1)) {
      throw new IllegalArgumentException(
          "The gain of a release is 0 to 1, not %s.".formatted(gain));
    }
  }
}
