package dev.quadstream.evaluation;

import dev.quadstream.metric.PairMetric;

/**
 * Mean distance within and between classes under any pair metric g, as in Fig. 5 of Chen et al.,
 * CVPR 2017.
 *
 * <p>Under the learned metric all pairs would be too many, so each anchor is paired with one
 * positive and one negative, drawn at random.
 *
 * @param intra mean g of an anchor and an image of its class, in [0, 1]
 * @param inter mean g of an anchor and an image of another class, in [0, 1]
 * @param anchors how many anchors were measured
 */
public record ClassDistances(Interval intra, Interval inter, int anchors) {

  /**
   * Draws anchors and their partners and measures them.
   *
   * @param set images; where it has groups, partners of the anchor's own group are ignored
   * @param metric g; called twice, with a pair an anchor
   * @param anchors at most how many images to take as anchors, at least 1
   * @param bootstrap draws the intervals, over the anchors
   * @param seed what the anchors and partners are a function of
   * @throws IllegalArgumentException if no image has both a positive and a negative
   */
  public static ClassDistances sample(
      LabeledVectors set, PairMetric metric, int anchors, Bootstrap bootstrap, long seed) {
    AnchorPairs pairs = AnchorPairs.draw(set, anchors, seed);
    return new ClassDistances(
        bootstrap.mean(pairs.positiveDistances(set, metric)),
        bootstrap.mean(pairs.negativeDistances(set, metric)),
        pairs.anchors().length);
  }
}
