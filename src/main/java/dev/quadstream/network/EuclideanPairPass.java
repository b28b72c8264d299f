package dev.quadstream.network;

/** g = ½‖a − b‖, without parameters and without a logit. */
final class EuclideanPairPass implements PairPass {

  private double[][] embeddings;
  private int[] left;
  private int[] right;
  private double[] distances;

  @Override
  public double[] forward(double[][] embeddings, int[] left, int[] right) {
    this.embeddings = embeddings;
    this.left = left.clone();
    this.right = right.clone();
    distances = new double[left.length];
    for (int pair = 0; pair < distances.length; pair++) {
      distances[pair] = distance(embeddings[left[pair]], embeddings[right[pair]]);
    }
    return distances.clone();
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      sum += difference * difference;
    }
    return 0.5 * Math.sqrt(sum);
  }

  @Override
  public double[][] backward(double[] distanceGradients, double[] logitGradients) {
    requireNoLogits(logitGradients);
    double[][] gradients = new double[embeddings.length][embeddings[0].length];
    for (int pair = 0; pair < distances.length; pair++) {
      // At distance 0 the gradient has no direction; 0 is the subgradient that moves nothing.
      if (distanceGradients[pair] == 0 || distances[pair] == 0) {
        continue;
      }
      // dg/da = ½·(a − b)/‖a − b‖ = (a − b)/(4g)
      double scale = distanceGradients[pair] / (4 * distances[pair]);
      double[] a = embeddings[left[pair]];
      double[] b = embeddings[right[pair]];
      double[] ofA = gradients[left[pair]];
      double[] ofB = gradients[right[pair]];
      for (int i = 0; i < a.length; i++) {
        double share = scale * (a[i] - b[i]);
        ofA[i] += share;
        ofB[i] -= share;
      }
    }
    return gradients;
  }

  private static void requireNoLogits(double[] logitGradients) {
    if (logitGradients == null) {
      return;
    }
    for (double gradient : logitGradients) {
      if (gradient != 0) {
        throw new IllegalArgumentException(
            "The Euclidean metric has no logits, but a logit gradient of "
                + gradient
                + " was given: the pair softmax loss needs the learned metric.");
      }
    }
  }
}
