package dev.quadstream.metric;

/**
 * Eq. 3 with margin-based online hard negative mining, on the distances of M quadruplets.
 *
 * <pre>
 *   [g(i,j)² − g(i,k)² + α₁]₊ + [g(i,j)² − g(l,k)² + α₂]₊
 * </pre>
 *
 * <p>A term counts only where {@code g_n² − g_p² < α}, for its own pair and its own α: the two are
 * gated separately, and the gate is the hinge itself. α is a constant: no gradient flows through
 * it.
 *
 * @param form triplet (Eq. 2) or quadruplet (Eq. 3)
 * @param mean over which quadruplets each term is averaged
 */
public record QuadrupletLoss(LossForm form, HingeMean mean) {

  /** Each term averaged over the quadruplets in which it is active. */
  public QuadrupletLoss(LossForm form) {
    this(form, HingeMean.ACTIVE);
  }

  /**
   * The loss of a batch and its gradient.
   *
   * @param anchorPositive g(i,j) of each quadruplet, not squared
   * @param anchorNegative g(i,k) of each quadruplet
   * @param secondNegative g(l,k) of each quadruplet
   * @param margins α₁ and α₂
   */
  public Result of(
      double[] anchorPositive, double[] anchorNegative, double[] secondNegative, Margins margins) {
    int count = anchorPositive.length;
    double[] positiveGradient = new double[count];
    double[] negativeGradient = new double[count];
    double[] secondGradient = new double[count];
    Term first =
        hinge(anchorPositive, anchorNegative, margins.first(), positiveGradient, negativeGradient);
    Term second =
        form == LossForm.TRIPLET
            ? new Term(0, 0)
            : hinge(
                anchorPositive, secondNegative, margins.second(), positiveGradient, secondGradient);
    return new Result(first, second, positiveGradient, negativeGradient, secondGradient);
  }

  /** Adds the gradient of one averaged hinge term to the two arrays and returns the term. */
  private Term hinge(
      double[] positive,
      double[] negative,
      double margin,
      double[] positiveGradient,
      double[] negativeGradient) {
    int active = 0;
    double sum = 0;
    for (int q = 0; q < positive.length; q++) {
      double hinge = hinge(positive[q], negative[q], margin);
      // Written as "not at most 0" so that NaN counts as active and shows in the loss.
      if (!(hinge <= 0)) {
        active++;
        sum += hinge;
      }
    }
    if (active == 0) {
      return new Term(0, 0);
    }
    int averaged = mean == HingeMean.ACTIVE ? active : positive.length;
    for (int q = 0; q < positive.length; q++) {
      if (!(hinge(positive[q], negative[q], margin) <= 0)) {
        positiveGradient[q] += 2 * positive[q] / averaged;
        negativeGradient[q] -= 2 * negative[q] / averaged;
      }
    }
    return new Term(sum / averaged, active);
  }

  private static double hinge(double positive, double negative, double margin) {
    return positive * positive - negative * negative + margin;
  }

  /**
   * One hinge term of a batch.
   *
   * @param loss mean over the active quadruplets or over all; 0 where none is active
   * @param active number of active quadruplets
   */
  public record Term(double loss, int active) {}

  /**
   * The loss of a batch, and its gradient with respect to each g.
   *
   * @param first the term of α₁
   * @param second the term of α₂
   * @param anchorPositiveGradient ∂loss/∂g(i,j) of each quadruplet, from both terms
   * @param anchorNegativeGradient ∂loss/∂g(i,k) of each quadruplet
   * @param secondNegativeGradient ∂loss/∂g(l,k) of each quadruplet
   */
  public record Result(
      Term first,
      Term second,
      double[] anchorPositiveGradient,
      double[] anchorNegativeGradient,
      double[] secondNegativeGradient) {

    /** The sum of both terms. */
    public double loss() {
      return first.loss() + second.loss();
    }
  }
}
