package dev.quadstream.network;

/** The training passes through a pair metric: g of many pairs, and back to their embeddings. */
interface PairPass {

  /**
   * g of each pair; what {@link #backward} needs is kept.
   *
   * @param embeddings [N][E], unit length
   * @param left row of the first image of each pair
   * @param right row of the second image of each pair
   */
  double[] forward(double[][] embeddings, int[] left, int[] right);

  /**
   * The gradient of the embeddings at the last {@link #forward}: each pair's share is added to both
   * of its rows.
   *
   * @param distanceGradients dLoss/dg of each pair
   * @param logitGradients what is to be added to dLoss/dz of each pair, z the logit of g; null for
   *     nothing
   * @return dLoss/dEmbedding [N][E]
   */
  double[][] backward(double[] distanceGradients, double[] logitGradients);
}
