package dev.quadstream.search;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * A threshold on a score that trials exceed with at most a given probability, with 95 % confidence:
 * the lowest of their order statistics whose one-sided bound of Clopper and Pearson (Biometrika 26,
 * 1934) on the share beyond it is not above that. It assumes nothing of the scores but that trials
 * to come are as those before.
 */
final class ErrorRateBound {

  private static final double CONFIDENCE = 0.95;

  private ErrorRateBound() {}

  /**
   * The threshold above which at most that share of such trials lies.
   *
   * @param scores those that may lie above it, finite, in any order
   * @param trials how many independent trials they come from, 0 or more; need not be whole
   * @param rate the tolerated share, above 0 and below 1
   * @return nothing where the trials are {@link #needed fewer than it takes}
   */
  static OptionalDouble above(double[] scores, double trials, double rate) {
    if (trials < needed(rate) || scores.length == 0) {
      return OptionalDouble.empty();
    }
    double[] ascending = scores.clone();
    Arrays.sort(ascending);
    return OptionalDouble.of(
        ascending[ascending.length - 1 - maxExceeding(scores.length, trials, rate)]);
  }

  /**
   * How many independent trials a threshold takes: of fewer, all might be below it by chance, as (1
   * − rate) to the power of their number is above 0.05. That is 299 for 1 %, 2,995 for 0.1 %.
   *
   * @param rate the tolerated share, above 0 and below 1
   */
  static int needed(double rate) {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "A tolerated error rate is above 0 and below 1, not " + rate + ".");
    }
    return (int) Math.ceil(Math.log1p(-CONFIDENCE) / Math.log1p(-rate));
  }

  /** How many of the scores may lie beyond the threshold. */
  private static int maxExceeding(int scores, double trials, double rate) {
    int low = 0;
    int high = (int) Math.min(scores, Math.ceil(trials));
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (upperBound(middle, trials) <= rate) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Of the probability that a trial exceeds, where so many of them did. */
  private static double upperBound(int exceeding, double trials) {
    return new BetaDistribution(null, exceeding + 1.0, trials - exceeding)
        .inverseCumulativeProbability(CONFIDENCE);
  }
}
