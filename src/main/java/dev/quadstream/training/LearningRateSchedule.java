package dev.quadstream.training;

/**
 * The share of the learning rate that an update takes: it rises at the start and falls slowly after
 * that, a function of the number of updates and of nothing else.
 *
 * <p>Adam's first steps move every parameter by the whole learning rate, in directions that the
 * images of the batch agree on: taken in full they carry all embeddings to one point. Later, steps
 * of one size keep the parameters wandering about what is best; steps that fall as 1/√n settle
 * (Robbins and Monro, "A Stochastic Approximation Method", 1951, ask for about that). They never
 * become so small that new classes are no longer learned.
 *
 * @param rampUpdates updates, from the first or after a collapse, over which the rate rises to its
 *     full value; 0 for none
 * @param decayUpdates after n updates the rate is divided by √(1 + n / decayUpdates); 0 for never
 */
public record LearningRateSchedule(int rampUpdates, int decayUpdates) {

  /** The share that remains, however long the stream. */
  private static final double LEAST = 0.1;

  public LearningRateSchedule {
    if (rampUpdates < 0 || decayUpdates < 0) {
      throw new IllegalArgumentException(
          "Updates of ramp and decay are 0 or more: rampUpdates = %d, decayUpdates = %d."
              .formatted(rampUpdates, decayUpdates));
    }
  }

  /** Every update takes the whole rate. */
  public static LearningRateSchedule constant() {
    return new LearningRateSchedule(0, 0);
  }

  /**
   * The share of one update.
   *
   * @param updates how many went before
   * @return above 0, at most 1
   */
  public double shareAfter(int updates) {
    double rising = Math.min(1, (updates + 1.0) / (rampUpdates + 1.0));
    double falling = decayUpdates == 0 ? 1 : 1 / Math.sqrt(1 + (double) updates / decayUpdates);
    return Math.min(rising, Math.max(LEAST, falling));
  }
}
