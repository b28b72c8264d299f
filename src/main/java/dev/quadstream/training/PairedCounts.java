package dev.quadstream.training;

/**
 * Counts of a paired test: the same images looked up in the same memory under two models.
 *
 * @param tested images whose class at least one of the two found
 * @param gained those that the candidate alone got right
 * @param lost those that the live model alone got right
 */
public record PairedCounts(long tested, long gained, long lost) {

  /** Before the first image. */
  public static final PairedCounts NONE = new PairedCounts(0, 0, 0);

  /** Both together. */
  public PairedCounts plus(PairedCounts other) {
    return new PairedCounts(tested + other.tested, gained + other.gained, lost + other.lost);
  }

  /**
   * How much higher the candidate's recall@1 is, as a share of what both together find; 0 where
   * nothing was tested.
   */
  public double difference() {
    return tested == 0 ? 0 : (double) (gained - lost) / tested;
  }

  /**
   * A bound of the difference of the two recalls: the adjusted Wald interval of paired proportions
   * (Agresti and Min, "Simple improved confidence intervals for comparing matched proportions",
   * Statistics in Medicine 24, 2005), which holds for few images, too.
   *
   * @param z standard errors from the difference; negative for a lower bound
   */
  public double bound(double z) {
    return (gained - lost) / (tested + 2.0) + z * standardError();
  }

  /** Of the difference, as in {@link #bound}. */
  public double standardError() {
    double n = tested + 2.0;
    double sum = gained + lost + 1.0;
    double difference = gained - lost;
    return Math.sqrt(sum - difference * difference / n) / n;
  }
}
