package dev.quadstream.network;

import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * g = σ(z), z = logit(dissimilar) − logit(similar): the "dissimilar" output of the two-way softmax
 * over the head's outputs (FC8 of Chen et al., CVPR 2017, §3.2).
 */
final class LearnedPairPass implements PairPass {

  private static final int SIMILAR = 0;
  private static final int DISSIMILAR = 1;

  private final LayerChain head;

  private double[][] embeddings;
  private int[] left;
  private int[] right;
  private double[] distances;

  LearnedPairPass(LayerChain head) {
    this.head = head;
  }

  @Override
  public double[] forward(double[][] embeddings, int[] left, int[] right) {
    this.embeddings = embeddings;
    this.left = left.clone();
    this.right = right.clone();
    distances = new double[left.length];
    if (left.length == 0) {
      return distances;
    }
    writeFeatures(head.input(left.length));
    double[] logits = NativeArrays.doubles(head.forward(left.length));
    for (int pair = 0; pair < distances.length; pair++) {
      distances[pair] = Sigmoid.of(logits[2 * pair + DISSIMILAR] - logits[2 * pair + SIMILAR]);
    }
    return distances.clone();
  }

  private void writeFeatures(INDArray target) {
    int featureSize = PairFeatures.size(embeddings[0].length);
    double[] features = new double[featureSize];
    for (int pair = 0; pair < left.length; pair++) {
      PairFeatures.write(embeddings[left[pair]], embeddings[right[pair]], features, 0);
      NativeArrays.write(features, target, (long) pair * featureSize);
    }
  }

  @Override
  public double[][] backward(double[] distanceGradients, double[] logitGradients) {
    double[][] gradients = new double[embeddings.length][embeddings[0].length];
    if (left.length == 0) {
      head.gradients().assign(0);
      return gradients;
    }
    double[] outputGradients = new double[2 * left.length];
    for (int pair = 0; pair < left.length; pair++) {
      double g = distances[pair];
      double ofLogit = distanceGradients[pair] * g * (1 - g);
      if (logitGradients != null) {
        ofLogit += logitGradients[pair];
      }
      outputGradients[2 * pair + DISSIMILAR] = ofLogit;
      outputGradients[2 * pair + SIMILAR] = -ofLogit;
    }
    double[] featureGradients = NativeArrays.doubles(head.backward(outputGradients));
    int featureSize = PairFeatures.size(embeddings[0].length);
    for (int pair = 0; pair < left.length; pair++) {
      PairFeatures.addGradient(
          embeddings[left[pair]],
          embeddings[right[pair]],
          featureGradients,
          pair * featureSize,
          gradients[left[pair]],
          gradients[right[pair]]);
    }
    return gradients;
  }
}
