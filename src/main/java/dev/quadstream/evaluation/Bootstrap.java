package dev.quadstream.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The percentile bootstrap of a mean: 95 % intervals from resampling the probes with replacement.
 *
 * <p>Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. The same
 * seed draws the same probes for every measure of one run, so two models that were asked the same
 * probes are compared by the interval of their difference: {@code mean(first - second)}.
 *
 * <p>Immutable, so safe for use by several threads.
 */
public final class Bootstrap {

  /** Enough for the ends of a 95 % interval to move by less than a tenth of its width. */
  public static final int DEFAULT_RESAMPLES = 1000;

  private static final double TAIL = 0.025;

  private final int resamples;
  private final long seed;

  /**
   * @param resamples how many times the probes are drawn afresh, at least 40 (below that a tail of
   *     2.5 % holds no resample)
   * @param seed what the draws are a function of
   */
  public Bootstrap(int resamples, long seed) {
    if (resamples < 1 / TAIL) {
      throw new IllegalArgumentException(
          "A 95 %% interval needs at least %.0f resamples, not %d.".formatted(1 / TAIL, resamples));
    }
    this.resamples = resamples;
    this.seed = seed;
  }

  /** The usual number of resamples. */
  public static Bootstrap seeded(long seed) {
    return new Bootstrap(DEFAULT_RESAMPLES, seed);
  }

  /**
   * The mean and its interval.
   *
   * @param values one finite value a probe, at least one
   * @throws IllegalArgumentException if there is no value
   */
  public Interval mean(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "There is no value to average: no probe could be measured. "
              + "Give probes whose class has another image in the gallery.");
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[resamples];
    for (int resample = 0; resample < resamples; resample++) {
      double sum = 0;
      for (int draw = 0; draw < values.length; draw++) {
        sum += values[random.nextInt(values.length)];
      }
      means[resample] = sum / values.length;
    }
    Arrays.sort(means);
    double mean = Arrays.stream(values).sum() / values.length;
    return new Interval(mean, quantile(means, TAIL), quantile(means, 1 - TAIL));
  }

  static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
