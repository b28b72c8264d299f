package dev.quadstream.evaluation;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The map that takes the vectors of one model nearest to those of another: an affine one by least
 * squares under a slight ridge, brought to unit length. (An orthogonal one, which keeps distances
 * as the earlier model saw them, is worth less: docs/releases.md.) Thread-safe.
 */
public final class VectorMap {

  /** For each pair: far below what any direction of unit vectors varies by, and no zero. */
  private static final double RIDGE = 3e-6;

  private final double[][] weights;

  private VectorMap(double[][] weights) {
    this.weights = weights;
  }

  /**
   * Fits the map to things that both models have embedded.
   *
   * @param from [N][E], under the one
   * @param to [N][E], the same things under the other
   * @throws IllegalArgumentException if there are none, or they are of different lengths
   */
  public static VectorMap fit(float[][] from, float[][] to) {
    if (from.length == 0 || from.length != to.length || from[0].length != to[0].length) {
      throw new IllegalArgumentException(
          "A map is fitted to pairs of vectors of one length, not to %d and %d."
              .formatted(from.length, to.length));
    }
    int size = from[0].length;
    double[][] squares = new double[size + 1][size + 1];
    double[][] products = new double[size + 1][size];
    for (int i = 0; i < from.length; i++) {
      for (int r = 0; r <= size; r++) {
        double left = valueOf(from[i], r);
        for (int c = 0; c <= size; c++) {
          squares[r][c] += left * valueOf(from[i], c);
        }
        for (int c = 0; c < size; c++) {
          products[r][c] += left * to[i][c];
        }
      }
    }
    for (int r = 0; r <= size; r++) {
      squares[r][r] += RIDGE * from.length;
    }
    RealMatrix weights =
        new CholeskyDecomposition(new Array2DRowRealMatrix(squares, false))
            .getSolver()
            .solve(new Array2DRowRealMatrix(products, false));
    return new VectorMap(weights.getData());
  }

  /** A vector's value, or the 1 behind the last that makes the map affine. */
  private static double valueOf(float[] vector, int index) {
    return index == vector.length ? 1 : vector[index];
  }

  /** A vector of the one model as one of the other, of unit length. */
  public float[] apply(float[] vector) {
    double[] mapped = new double[vector.length];
    double squared = 0;
    for (int c = 0; c < mapped.length; c++) {
      for (int r = 0; r <= vector.length; r++) {
        mapped[c] += valueOf(vector, r) * weights[r][c];
      }
      squared += mapped[c] * mapped[c];
    }
    double length = Math.sqrt(squared);
    float[] unit = new float[mapped.length];
    for (int c = 0; c < unit.length; c++) {
      unit[c] = length == 0 ? vector[c] : (float) (mapped[c] / length);
    }
    return unit;
  }
}
