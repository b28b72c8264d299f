package dev.quadstream.metric;

/**
 * How the margins of a window are found: fixed, or adaptive by Eq. 4.
 *
 * <p>Adaptive: {@code α = w · max(μ_n − μ_p, 0)}, with w₁ = 1 and w₂ = 0.5 in the paper, never
 * below a floor. A fixed α₁ of 1 never switches a hinge off under a g in [0, 1], since g_n² − g_p²
 * cannot exceed 1: it mines nothing. That is what a warm-up wants and training does not.
 *
 * @param adaptive whether Eq. 4 holds after the warm-up; otherwise the fixed margins hold always
 * @param fixed the margins of the warm-up, and of every window where not adaptive
 * @param firstWeight w₁
 * @param secondWeight w₂
 * @param floor the least α₁; α₂ is kept above the same share of it that w₂ has of w₁
 */
public record MarginRule(
    boolean adaptive, Margins fixed, double firstWeight, double secondWeight, double floor) {

  public MarginRule {
    if (!(firstWeight > 0 && secondWeight > 0)) {
      throw new IllegalArgumentException(
          "Margin weights are above 0, not w₁ = %s and w₂ = %s."
              .formatted(firstWeight, secondWeight));
    }
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException("The margin floor is 0 to 1, not " + floor + ".");
    }
  }

  /**
   * The margins for one window.
   *
   * @param warmingUp whether the distances are still chaotic
   * @param means the smoothed means
   */
  public Margins marginsFor(boolean warmingUp, DistanceMeans means) {
    if (!adaptive || warmingUp || !means.defined()) {
      return fixed;
    }
    double gap = Math.max(means.negative() - means.positive(), 0);
    return new Margins(
        Math.max(firstWeight * gap, floor),
        Math.max(secondWeight * gap, floor * secondWeight / firstWeight));
  }
}
