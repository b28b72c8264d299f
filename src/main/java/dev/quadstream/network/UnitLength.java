package dev.quadstream.network;

import dev.quadstream.network.onnx.OnnxGraph;
import java.util.Map;

/** Scaling to unit length: y = x / √(‖x‖² + ε), smooth also where x is zero. */
final class UnitLength {

  /** Shorter vectors than √ε = 1e-6 come out visibly shorter than 1; a trained one never is. */
  private static final double EPSILON = 1e-12;

  private UnitLength() {}

  /** √(‖x‖² + ε). */
  static double norm(double[] vector) {
    double sum = EPSILON;
    for (double value : vector) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  static double[] scaled(double[] vector, double norm) {
    double[] unit = new double[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / norm;
    }
    return unit;
  }

  /** Adds rows → rows of unit length. */
  static String addTo(OnnxGraph graph, String rows) {
    String squares =
        graph.operator("ReduceSumSquare", Map.of("axes", new long[] {1}, "keepdims", 1L), rows);
    String norm =
        graph.operator("Sqrt", graph.operator("Add", squares, graph.constant((float) EPSILON)));
    return graph.operator("Div", rows, norm);
  }

  /**
   * dLoss/dx = (dLoss/dy − y·⟨y, dLoss/dy⟩) / √(‖x‖² + ε).
   *
   * @param unit y
   * @param norm of x, as {@link #norm} gave it
   * @param gradient dLoss/dy
   */
  static double[] gradient(double[] unit, double norm, double[] gradient) {
    double along = 0;
    for (int i = 0; i < unit.length; i++) {
      along += unit[i] * gradient[i];
    }
    double[] result = new double[unit.length];
    for (int i = 0; i < unit.length; i++) {
      result[i] = (gradient[i] - unit[i] * along) / norm;
    }
    return result;
  }
}
