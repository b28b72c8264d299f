package dev.quadstream.evaluation;

import dev.quadstream.metric.PairMetric;
import java.util.Arrays;
import java.util.List;

/**
 * How g is spread over pairs of one class and over pairs of two, as in Fig. 5 of Chen et al., CVPR
 * 2017: what the loss is to part.
 *
 * @param intra pairs of one class in each bin of g, from 0 to 1
 * @param inter pairs of two classes in each
 */
public record DistanceHistogram(List<Integer> intra, List<Integer> inter) {

  /** Of equal width; each holds its lower end, the last one 1 as well. */
  public static final int BINS = 20;

  public DistanceHistogram {
    intra = List.copyOf(intra);
    inter = List.copyOf(inter);
  }

  /**
   * Draws anchors and their partners, as {@link ClassDistances} does with the same arguments.
   *
   * @param set images; where it has groups, partners of the anchor's own group are ignored
   * @param metric g; called twice, with a pair an anchor
   * @param anchors at most how many images to take as anchors, at least 1
   * @param seed what the anchors and partners are a function of
   * @throws IllegalArgumentException if no image has both a positive and a negative
   */
  public static DistanceHistogram sample(
      LabeledVectors set, PairMetric metric, int anchors, long seed) {
    AnchorPairs pairs = AnchorPairs.draw(set, anchors, seed);
    return new DistanceHistogram(
        counts(pairs.positiveDistances(set, metric)), counts(pairs.negativeDistances(set, metric)));
  }

  /** The lower end of a bin, from 0. */
  public static double from(int bin) {
    return (double) bin / BINS;
  }

  /** How many pairs of either kind there are. */
  public int pairs() {
    return intra.stream().mapToInt(Integer::intValue).sum();
  }

  /** The share of pairs of one class in a bin. */
  public double intraShare(int bin) {
    return (double) intra.get(bin) / pairs();
  }

  /** The share of pairs of two classes in a bin. */
  public double interShare(int bin) {
    return (double) inter.get(bin) / pairs();
  }

  /**
   * The area that both have in common, as shares: 0 where g parts them wholly, 1 where it does not.
   */
  public double overlap() {
    double common = 0;
    for (int bin = 0; bin < BINS; bin++) {
      common += Math.min(intraShare(bin), interShare(bin));
    }
    return common;
  }

  static List<Integer> counts(double[] distances) {
    Integer[] counts = new Integer[BINS];
    Arrays.fill(counts, 0);
    for (double distance : distances) {
      counts[Math.min(BINS - 1, (int) (distance * BINS))]++;
    }
    return List.of(counts);
  }
}
