package dev.quadstream.evaluation;

import dev.quadstream.metric.PairMetric;

/**
 * Whether 1 − g can be read as the probability that two images are of one class, which the learned
 * metric's softmax means it to be, where one pair in two is.
 *
 * @param expectedCalibrationError the distance between that probability and the share of the pairs
 *     that are of one class, mean over all pairs, in {@value #BINS} bins of equal width (Guo et
 *     al., "On calibration of modern neural networks", ICML 2017); 0 is perfect, 1 the opposite
 * @param pairs how many pairs, half of them of one class
 */
public record PairCalibration(double expectedCalibrationError, int pairs) {

  static final int BINS = 15;

  /**
   * Draws pairs as {@link ClassDistances} does, and measures them.
   *
   * @param set images; where it has groups, partners of the anchor's own group are ignored
   * @param metric g
   * @param anchors at most how many images to take as anchors, at least 1
   * @param seed what the pairs are a function of
   * @throws IllegalArgumentException if no image has both a positive and a negative
   */
  public static PairCalibration sample(
      LabeledVectors set, PairMetric metric, int anchors, long seed) {
    AnchorPairs pairs = AnchorPairs.draw(set, anchors, seed);
    return of(pairs.positiveDistances(set, metric), pairs.negativeDistances(set, metric));
  }

  /** From g of pairs of one class, and of pairs of two, each in [0, 1]. */
  static PairCalibration of(double[] same, double[] different) {
    double[] excess = new double[BINS];
    for (double distance : same) {
      excess[bin(1 - distance)] += distance;
    }
    for (double distance : different) {
      excess[bin(1 - distance)] -= 1 - distance;
    }
    double sum = 0;
    for (double ofBin : excess) {
      sum += Math.abs(ofBin);
    }
    int pairs = same.length + different.length;
    return new PairCalibration(sum / pairs, pairs);
  }

  private static int bin(double probability) {
    return Math.min(BINS - 1, (int) (probability * BINS));
  }
}
