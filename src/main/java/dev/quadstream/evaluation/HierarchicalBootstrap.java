package dev.quadstream.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * 95 % intervals of a mean over runs, for values that are nested: runs (one a seed) hold classes,
 * classes hold probes.
 *
 * <p>Probes of one class share what makes them hard, and probes of one run share a network, so
 * drawing single probes would give intervals that are far too narrow. Runs are drawn with
 * replacement, in each of them classes with replacement, and a class keeps all its probes. Sources:
 * Davison and Hinkley, "Bootstrap Methods and their Application", 1997, §3.8; Saravanan, Berman and
 * Sober, "Application of the hierarchical bootstrap to multi-level data in neuroscience", 2020
 * (arXiv 2007.07797). Few runs make any bootstrap somewhat narrow: n of them show (n − 1)/n of the
 * variance between runs.
 *
 * <p>The same seed draws the same runs and classes each time, so two models that were asked the
 * same probes are compared by the interval of their probes' differences. Immutable; safe for use by
 * several threads.
 */
public final class HierarchicalBootstrap {

  private static final double TAIL = 0.025;

  private final int resamples;
  private final long seed;

  /**
   * @param resamples how many times all is drawn afresh, at least 40 (below that a tail of 2.5 %
   *     holds no resample)
   * @param seed what the draws are a function of
   */
  public HierarchicalBootstrap(int resamples, long seed) {
    if (resamples < 1 / TAIL) {
      throw new IllegalArgumentException(
          "A 95 %% interval needs at least %.0f resamples, not %d.".formatted(1 / TAIL, resamples));
    }
    this.resamples = resamples;
    this.seed = seed;
  }

  /**
   * The mean over runs of each run's mean over its probes, and its interval.
   *
   * @param runs [run][class][probe], finite; each class with at least one probe
   * @throws IllegalArgumentException if there is no run, a run without a class, or a class without
   *     a probe
   */
  public Interval mean(List<double[][]> runs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("There is no run to average; give at least one.");
    }
    double[][] sums = new double[runs.size()][];
    int[][] counts = new int[runs.size()][];
    double mean = 0;
    for (int run = 0; run < sums.length; run++) {
      sums[run] = sumOfEachClass(run, runs.get(run));
      counts[run] = Arrays.stream(runs.get(run)).mapToInt(probes -> probes.length).toArray();
      mean += Arrays.stream(sums[run]).sum() / Arrays.stream(counts[run]).sum() / sums.length;
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[resamples];
    for (int resample = 0; resample < resamples; resample++) {
      for (int draw = 0; draw < sums.length; draw++) {
        int run = random.nextInt(sums.length);
        means[resample] += meanOfDrawnClasses(sums[run], counts[run], random) / sums.length;
      }
    }
    Arrays.sort(means);
    return new Interval(mean, Bootstrap.quantile(means, TAIL), Bootstrap.quantile(means, 1 - TAIL));
  }

  private static double[] sumOfEachClass(int run, double[][] classes) {
    if (classes.length == 0) {
      throw new IllegalArgumentException("Run %d has no class to draw from.".formatted(run));
    }
    double[] sums = new double[classes.length];
    for (int index = 0; index < sums.length; index++) {
      if (classes[index].length == 0) {
        throw new IllegalArgumentException(
            "Class %d of run %d has no probe; leave it out.".formatted(index, run));
      }
      sums[index] = Arrays.stream(classes[index]).sum();
    }
    return sums;
  }

  private static double meanOfDrawnClasses(double[] sums, int[] counts, SplittableRandom random) {
    double sum = 0;
    int probes = 0;
    for (int draw = 0; draw < sums.length; draw++) {
      int drawn = random.nextInt(sums.length);
      sum += sums[drawn];
      probes += counts[drawn];
    }
    return sum / probes;
  }
}
