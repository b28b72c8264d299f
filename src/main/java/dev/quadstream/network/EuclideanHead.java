package dev.quadstream.network;

import dev.quadstream.metric.EuclideanMetric;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.onnx.OnnxGraph;
import java.util.Map;

/** g = ½‖a − b‖, without parameters and without a loss of its own. */
final class EuclideanHead implements PairHead {

  private final int embeddingSize;

  private double[][] embeddings;
  private int[] left;
  private int[] right;
  private double[] distances;

  EuclideanHead(NetworkSpec spec) {
    this.embeddingSize = spec.embeddingSize();
  }

  @Override
  public double[] forward(Images images, int[] left, int[] right) {
    this.embeddings = images.embeddings();
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
  public double auxiliaryLoss(int samePairs, double weight) {
    return 0;
  }

  @Override
  public double[][] backward(double[] distanceGradients) {
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

  @Override
  public PairMetric metric() {
    return new EuclideanMetric();
  }

  @Override
  public String addTo(OnnxGraph graph) {
    String left = graph.floatInput("left", embeddingSize);
    String right = graph.floatInput("right", embeddingSize);
    String squares =
        graph.operator(
            "ReduceSumSquare",
            Map.of("axes", new long[] {1}, "keepdims", 0L),
            graph.operator("Sub", left, right));
    String half = graph.operator("Mul", graph.operator("Sqrt", squares), graph.constant(0.5f));
    // Rounding can carry opposite unit vectors just above 1.
    return graph.operator("Min", half, graph.constant(1));
  }

  @Override
  public void close() {
    // Nothing native.
  }
}
