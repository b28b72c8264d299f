package dev.quadstream.metric;

/**
 * Cross-entropy of the pair softmax (the paper's FC8: same or different), for the learned metric.
 *
 * <p>The paper's "improved triplet" trains the two outputs as a classifier beside the margin loss
 * (§3.2). With z = logit(different) − logit(same), g = sigmoid(z). Each of the M pairs (i,j) weighs
 * 1 and each of the 2M pairs (i,k) and (l,k) weighs ½, so that both answers weigh the same. (A
 * triplet has M pairs of either kind, which then weigh 1 each.)
 *
 * @param weight factor of the whole loss, 0 switches it off
 */
public record PairSoftmaxLoss(double weight) {

  public PairSoftmaxLoss {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The pair softmax weight is 0 or more, not " + weight + ".");
    }
  }

  /**
   * The loss of the pairs of M quadruplets.
   *
   * @param distances g of all pairs: first the M pairs of one class, then those of two classes
   * @param samePairs M
   */
  public Result of(double[] distances, int samePairs) {
    double[] gradient = new double[distances.length];
    if (weight == 0 || distances.length == 0) {
      return new Result(0, gradient);
    }
    int differentPairs = distances.length - samePairs;
    double sameShare = weight / (2.0 * samePairs);
    double differentShare = weight / (2.0 * differentPairs);
    double sum = 0;
    for (int pair = 0; pair < distances.length; pair++) {
      boolean same = pair < samePairs;
      double share = same ? sameShare : differentShare;
      double probability = same ? 1 - distances[pair] : distances[pair];
      sum -= share * Math.log(Math.max(probability, Double.MIN_NORMAL));
      gradient[pair] = share * (distances[pair] - (same ? 0 : 1));
    }
    return new Result(sum, gradient);
  }

  /**
   * The loss and its gradient.
   *
   * @param loss the weighted mean cross-entropy, in nats
   * @param logitGradients ∂loss/∂z of each pair
   */
  public record Result(double loss, double[] logitGradients) {}
}
