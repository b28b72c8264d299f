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
   * @param scores of the trials, finite, in any order
   * @param rate the tolerated share, above 0 and below 1
   * @return nothing where the trials are too few to say, which is below ln 0.05 / ln (1 − rate):
   *     299 for 1 %, 2,995 for 0.1 %
   */
  static OptionalDouble above(double[] scores, double rate) {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "A tolerated error rate is above 0 and below 1, not " + rate + ".");
    }
    int exceeding = mostExceeding(scores.length, rate);
    if (exceeding < 0) {
      return OptionalDouble.empty();
    }
    double[] ascending = scores.clone();
    Arrays.sort(ascending);
    return OptionalDouble.of(ascending[ascending.length - 1 - exceeding]);
  }

  /** How many of so many trials may lie beyond the threshold, or −1 for not even none. */
  private static int mostExceeding(int trials, double rate) {
    int low = -1;
    int high = trials;
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
  private static double upperBound(int exceeding, int trials) {
    return new BetaDistribution(null, exceeding + 1.0, trials - exceeding)
        .inverseCumulativeProbability(CONFIDENCE);
  }
}
