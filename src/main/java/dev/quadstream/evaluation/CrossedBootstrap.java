package dev.quadstream.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * 95 % intervals of a mean over runs, for values that are crossed: runs (one a seed) and classes,
 * of which several runs may measure the same one; a class holds probes.
 *
 * <p>A class that is hard is hard in every run that measures it, so drawing classes afresh in each
 * run would take the same class for several. Runs and classes are drawn with replacement, each by
 * itself, and a class keeps all its probes (Owen, "The pigeonhole bootstrap", Annals of Applied
 * Statistics 2007). By itself that counts the noise of the single cell of run and class three
 * times: once with the runs, once with the classes and once where they meet. So the parts of runs
 * and of classes are shrunk by what of their variance is the cell's, as two-way clustered variances
 * are (Cameron, Gelbach and Miller, 2011), and each is scaled as Student's t is for so few draws.
 * With one run there is no telling how runs differ, and the interval is that of the classes alone.
 *
 * <p>The same seed draws the same runs and classes each time, so two models that were asked the
 * same probes are compared by the interval of their probes' differences. Immutable; safe for use by
 * several threads.
 */
public final class CrossedBootstrap {

  private static final double TAIL = 0.025;

  private final int resamples;
  private final long seed;

  /**
   * @param resamples how many times all is drawn afresh, at least 40 (below that a tail of 2.5 %
   *     holds no resample)
   * @param seed what the draws are a function of
   */
  public CrossedBootstrap(int resamples, long seed) {
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
   * @param runs of each run the finite values of its probes, at least one, by class
   * @throws IllegalArgumentException if there is no run, a run without a class, or a class without
   *     a probe
   */
  public Interval mean(List<Map<String, double[]>> runs) {
    Table table = Table.of(runs);
    double[] means = table.means(null);
    double mean = Arrays.stream(means).average().orElseThrow();
    SplittableRandom random = new SplittableRandom(seed);
    double[] ofRuns = new double[resamples];
    double[] ofClasses = new double[resamples];
    double[] ofCells = new double[resamples];
    double[] runScale = new double[resamples];
    double[] classScale = new double[resamples];
    for (int resample = 0; resample < resamples; resample++) {
      int[] drawnRuns = draw(means.length, random);
      double[] drawnMeans = table.means(draw(table.classes(), random));
      double sumOfRuns = 0;
      double sumOfClasses = 0;
      double sumOfBoth = 0;
      for (int run = 0; run < means.length; run++) {
        // A run of which no class was drawn says nothing of the classes.
        double drawn = Double.isNaN(drawnMeans[run]) ? means[run] : drawnMeans[run];
        sumOfRuns += drawnRuns[run] * means[run];
        sumOfClasses += drawn;
        sumOfBoth += drawnRuns[run] * drawn;
      }
      ofRuns[resample] = sumOfRuns / means.length - mean;
      ofClasses[resample] = sumOfClasses / means.length - mean;
      ofCells[resample] = sumOfBoth / means.length - mean - ofRuns[resample] - ofClasses[resample];
      runScale[resample] = studentScale(means.length, random);
      classScale[resample] = studentScale(table.classes(), random);
    }
    double cells = missing(means.length) * missing(table.classes()) * meanSquare(ofCells);
    double runShare = share(missing(means.length) * meanSquare(ofRuns), cells);
    double classShare = share(missing(table.classes()) * meanSquare(ofClasses), cells);
    double[] drawn = new double[resamples];
    for (int resample = 0; resample < resamples; resample++) {
      drawn[resample] =
          mean
              + Math.sqrt(missing(means.length) * runShare) * runScale[resample] * ofRuns[resample]
              + Math.sqrt(missing(table.classes()) * classShare)
                  * classScale[resample]
                  * ofClasses[resample]
              + Math.sqrt(missing(means.length) * missing(table.classes())) * ofCells[resample];
    }
    Arrays.sort(drawn);
    return new Interval(mean, Bootstrap.quantile(drawn, TAIL), Bootstrap.quantile(drawn, 1 - TAIL));
  }

  /** How often each of so many is drawn. */
  private static int[] draw(int count, SplittableRandom random) {
    int[] times = new int[count];
    for (int draw = 0; draw < count; draw++) {
      times[random.nextInt(count)]++;
    }
    return times;
  }

  /** A resample of n shows (n − 1)/n of their variance; of a single one there is none to mend. */
  private static double missing(int drawn) {
    return drawn == 1 ? 1 : drawn / (drawn - 1.0);
  }

  /** √(f/χ²) of f = n − 1 degrees of freedom, which makes Student's t of a normal deviate. */
  private static double studentScale(int drawn, SplittableRandom random) {
    if (drawn == 1) {
      return 1;
    }
    double chiSquare = 0;
    for (int degree = 1; degree < drawn; degree++) {
      double deviate = random.nextGaussian();
      chiSquare += deviate * deviate;
    }
    return Math.sqrt((drawn - 1) / chiSquare);
  }

  /** What is left of a variance, as a share of it, without that of the cells. */
  private static double share(double variance, double cells) {
    return variance <= cells ? 0 : (variance - cells) / variance;
  }

  private static double meanSquare(double[] deviations) {
    return Arrays.stream(deviations).map(value -> value * value).average().orElseThrow();
  }

  /** Sum and number of the probes of each run and class; 0 and 0 where a run lacks the class. */
  private record Table(double[][] sums, int[][] counts) {

    static Table of(List<Map<String, double[]>> runs) {
      if (runs.isEmpty()) {
        throw new IllegalArgumentException("There is no run to average; give at least one.");
      }
      TreeSet<String> names = new TreeSet<>();
      runs.forEach(run -> names.addAll(run.keySet()));
      List<String> classes = new ArrayList<>(names);
      double[][] sums = new double[runs.size()][classes.size()];
      int[][] counts = new int[runs.size()][classes.size()];
      for (int run = 0; run < sums.length; run++) {
        if (runs.get(run).isEmpty()) {
          throw new IllegalArgumentException("Run %d has no class to draw from.".formatted(run));
        }
        for (int index = 0; index < classes.size(); index++) {
          double[] probes = runs.get(run).get(classes.get(index));
          if (probes == null) {
            continue;
          }
          if (probes.length == 0) {
            throw new IllegalArgumentException(
                "Class %s of run %d has no probe; leave it out."
                    .formatted(classes.get(index), run));
          }
          sums[run][index] = Arrays.stream(probes).sum();
          counts[run][index] = probes.length;
        }
      }
      return new Table(sums, counts);
    }

    int classes() {
      return sums[0].length;
    }

    /**
     * The mean of each run over its probes; NaN for a run without any.
     *
     * @param times how often each class counts; null for once
     */
    double[] means(int[] times) {
      double[] means = new double[sums.length];
      for (int run = 0; run < means.length; run++) {
        double sum = 0;
        long probes = 0;
        for (int index = 0; index < classes(); index++) {
          int counted = times == null ? 1 : times[index];
          sum += counted * sums[run][index];
          probes += (long) counted * counts[run][index];
        }
        means[run] = sum / probes;
      }
      return means;
    }
  }
}
