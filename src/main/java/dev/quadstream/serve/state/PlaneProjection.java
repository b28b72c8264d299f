package dev.quadstream.serve.state;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Embeddings in the plane: principal components, turned so that what was there before stays as
 * close as possible to where it was.
 *
 * <p>The turn is the orthogonal Procrustes solution (Schönemann, "A generalized solution of the
 * orthogonal Procrustes problem", 1966): a rotation or reflection, so that distances in the plane
 * keep their meaning from version to version.
 */
final class PlaneProjection {

  private PlaneProjection() {}

  /**
   * The first two principal components.
   *
   * @param rows at least one vector; all of one length, at least 2
   * @return [N][2], centred on the origin
   */
  static double[][] principalPlane(float[][] rows) {
    int width = rows[0].length;
    double[] centre = new double[width];
    for (float[] row : rows) {
      for (int d = 0; d < width; d++) {
        centre[d] += row[d] / (double) rows.length;
      }
    }
    double[][] covariance = new double[width][width];
    for (float[] row : rows) {
      for (int d = 0; d < width; d++) {
        double first = row[d] - centre[d];
        for (int e = d; e < width; e++) {
          covariance[d][e] += first * (row[e] - centre[e]) / rows.length;
        }
      }
    }
    for (int d = 0; d < width; d++) {
      for (int e = 0; e < d; e++) {
        covariance[d][e] = covariance[e][d];
      }
    }
    // Of a symmetric matrix: largest eigenvalue first.
    EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(covariance, false));
    double[] horizontal = upright(eigen.getEigenvector(0).toArray());
    double[] vertical = upright(eigen.getEigenvector(1).toArray());
    double[][] points = new double[rows.length][2];
    for (int i = 0; i < rows.length; i++) {
      for (int d = 0; d < width; d++) {
        double value = rows[i][d] - centre[d];
        points[i][0] += value * horizontal[d];
        points[i][1] += value * vertical[d];
      }
    }
    return points;
  }

  /** An eigenvector's sign is arbitrary: its largest component is made positive. */
  private static double[] upright(double[] vector) {
    int largest = 0;
    for (int d = 1; d < vector.length; d++) {
      if (Math.abs(vector[d]) > Math.abs(vector[largest])) {
        largest = d;
      }
    }
    double sign = Math.signum(vector[largest]);
    for (int d = 0; d < vector.length; d++) {
      vector[d] *= sign;
    }
    return vector;
  }

  /**
   * The points, turned and shifted as one so that the common ones come to lie where they were.
   *
   * @param points [N][2]
   * @param rows rows of {@code points} that were there before; with fewer than two the points stay
   *     as they are
   * @param before [rows][2], where they were
   */
  static double[][] aligned(double[][] points, int[] rows, double[][] before) {
    if (rows.length < 2) {
      return points;
    }
    double[][] now = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      now[i] = points[rows[i]];
    }
    double[] from = centre(now);
    double[] to = centre(before);
    RealMatrix product = new Array2DRowRealMatrix(2, 2);
    for (int i = 0; i < rows.length; i++) {
      for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 2; c++) {
          product.addToEntry(r, c, (now[i][r] - from[r]) * (before[i][c] - to[c]));
        }
      }
    }
    SingularValueDecomposition singular = new SingularValueDecomposition(product);
    double[][] turn = singular.getU().multiply(singular.getVT()).getData();
    double[][] turned = new double[points.length][2];
    for (int i = 0; i < points.length; i++) {
      double x = points[i][0] - from[0];
      double y = points[i][1] - from[1];
      turned[i][0] = x * turn[0][0] + y * turn[1][0] + to[0];
      turned[i][1] = x * turn[0][1] + y * turn[1][1] + to[1];
    }
    return turned;
  }

  private static double[] centre(double[][] points) {
    double[] centre = new double[2];
    for (double[] point : points) {
      centre[0] += point[0] / points.length;
      centre[1] += point[1] / points.length;
    }
    return centre;
  }
}
