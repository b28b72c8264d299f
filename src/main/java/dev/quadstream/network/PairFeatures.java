package dev.quadstream.network;

import dev.quadstream.network.onnx.OnnxGraph;
import java.util.Map;

/**
 * What the pair head sees of two embeddings a and b of size E: [√E·|a − b|, E·(a∘b)].
 *
 * <p>Both halves are the same for (a, b) and (b, a), bit for bit, so that g is symmetric by
 * construction. The factors bring the values of unit vectors to about 1, whatever E.
 */
final class PairFeatures {

  private PairFeatures() {}

  /** The number of features of a pair: 2E. */
  static int size(int embeddingSize) {
    return 2 * embeddingSize;
  }

  /** Writes the features of one pair into {@code target} from {@code offset} on. */
  static void write(double[] left, double[] right, double[] target, int offset) {
    int size = left.length;
    double differenceScale = Math.sqrt(size);
    for (int i = 0; i < size; i++) {
      target[offset + i] = differenceScale * Math.abs(left[i] - right[i]);
      target[offset + size + i] = size * (left[i] * right[i]);
    }
  }

  /** The same in single precision, for inference. */
  static void write(float[] left, float[] right, float[] target, int offset) {
    int size = left.length;
    float differenceScale = (float) Math.sqrt(size);
    for (int i = 0; i < size; i++) {
      target[offset + i] = differenceScale * Math.abs(left[i] - right[i]);
      target[offset + size + i] = size * (left[i] * right[i]);
    }
  }

  /** Adds the features of pairs of embeddings [batch, E] → [batch, 2E]. */
  static String addTo(OnnxGraph graph, int embeddingSize, String left, String right) {
    String differences =
        graph.operator(
            "Mul",
            graph.operator("Abs", graph.operator("Sub", left, right)),
            graph.constant((float) Math.sqrt(embeddingSize)));
    String products =
        graph.operator("Mul", graph.operator("Mul", left, right), graph.constant(embeddingSize));
    return graph.operator("Concat", Map.of("axis", 1L), differences, products);
  }

  /**
   * Adds the gradient of one pair's embeddings.
   *
   * @param featureGradient dLoss/dFeature of all pairs, this pair's from {@code offset} on
   */
  static void addGradient(
      double[] left,
      double[] right,
      double[] featureGradient,
      int offset,
      double[] leftGradient,
      double[] rightGradient) {
    int size = left.length;
    double differenceScale = Math.sqrt(size);
    for (int i = 0; i < size; i++) {
      double ofDifference =
          differenceScale * Math.signum(left[i] - right[i]) * featureGradient[offset + i];
      double ofProduct = size * featureGradient[offset + size + i];
      leftGradient[i] += ofDifference + ofProduct * right[i];
      rightGradient[i] += -ofDifference + ofProduct * left[i];
    }
  }
}
