package dev.quadstream.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The cumulative match characteristic in the single-shot protocol of person re-identification.
 *
 * <p>In each trial one image of every class, drawn at random, is the gallery and all other images
 * are probes; the rate at rank k is the share of probes whose class is among the k nearest. The
 * rates are averaged over the trials. Source: Li et al., "DeepReID", CVPR 2014 (CUHK03), used by
 * Chen et al., CVPR 2017. Those draw the gallery from another camera than the probes: where the set
 * has groups, such as cameras, a probe of the group of its class's gallery image does not count.
 *
 * @param rates the rate at rank 1, 2, …; each in [0, 1], never falling
 * @param trials how many galleries were drawn
 * @param classes images in each gallery, one a class
 * @param classesWithoutProbe classes of a single image, which are only ever to be mistaken for
 * @param excludedProbes over all trials, probes that share the group of their class's gallery image
 */
public record CumulativeMatch(
    List<Double> rates, int trials, int classes, int classesWithoutProbe, int excludedProbes) {

  public CumulativeMatch {
    rates = List.copyOf(rates);
  }

  /**
   * The rate at rank k.
   *
   * @throws IllegalArgumentException if the curve does not reach so far
   */
  public double rateAt(int k) {
    if (k < 1 || k > rates.size()) {
      throw new IllegalArgumentException(
          "The curve runs from rank 1 to %d; there is no rank %d.".formatted(rates.size(), k));
    }
    return rates.get(k - 1);
  }

  /**
   * Draws the galleries and measures.
   *
   * @param retrieval how to rank
   * @param set images of at least two classes, at least one of them with two images
   * @param ranks the curve's length, 1 to the number of classes
   * @param trials how many galleries to draw, at least 1
   * @param seed what the galleries are a function of
   * @throws IllegalArgumentException if there are fewer classes than ranks, or no probes
   */
  public static CumulativeMatch singleShot(
      Retrieval retrieval, LabeledVectors set, int ranks, int trials, long seed) {
    if (trials < 1) {
      throw new IllegalArgumentException("At least 1 trial is needed, not %d.".formatted(trials));
    }
    List<List<Integer>> classes = rowsOfEachClass(set);
    if (ranks < 1 || ranks > classes.size()) {
      throw new IllegalArgumentException(
          "A curve of %d ranks needs a gallery of as many classes; use 1 to %d ranks."
              .formatted(ranks, classes.size()));
    }
    int withoutProbe = (int) classes.stream().filter(rows -> rows.size() == 1).count();
    if (withoutProbe == classes.size()) {
      throw new IllegalArgumentException(
          ("None of the %d classes has a second image, so no probe is left beside the gallery; "
                  + "give at least two images of a class.")
              .formatted(classes.size()));
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] sums = new double[ranks];
    int excluded = 0;
    for (int trial = 0; trial < trials; trial++) {
      int[] gallery = oneOfEach(classes, random);
      ProbeScores scores =
          retrieval.score(set.select(gallery), set.select(allBut(gallery, set.size())));
      for (int rank = 1; rank <= ranks; rank++) {
        sums[rank - 1] += scores.recallAt(rank);
      }
      excluded += scores.excludedProbes();
    }
    List<Double> rates = new ArrayList<>();
    for (double sum : sums) {
      rates.add(sum / trials);
    }
    return new CumulativeMatch(rates, trials, classes.size(), withoutProbe, excluded);
  }

  private static List<List<Integer>> rowsOfEachClass(LabeledVectors set) {
    Map<String, List<Integer>> rows = new LinkedHashMap<>();
    for (int row = 0; row < set.size(); row++) {
      rows.computeIfAbsent(set.labels().get(row), label -> new ArrayList<>()).add(row);
    }
    return List.copyOf(rows.values());
  }

  private static int[] oneOfEach(List<List<Integer>> classes, SplittableRandom random) {
    return classes.stream().mapToInt(rows -> rows.get(random.nextInt(rows.size()))).toArray();
  }

  private static int[] allBut(int[] gallery, int size) {
    boolean[] taken = new boolean[size];
    for (int row : gallery) {
      taken[row] = true;
    }
    return IntStream.range(0, size).filter(row -> !taken[row]).toArray();
  }
}
