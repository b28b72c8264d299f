package dev.quadstream.serve.state;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Exact search among the gallery's embeddings. */
public final class Nearest {

  private Nearest() {}

  /**
   * The rows nearest to a probe, nearest first, by ½‖x − y‖, which orders like the cosine.
   *
   * @param rows unit-length vectors
   * @param except a row that is left out, the probe's own, or −1
   */
  public static int[] rows(float[][] rows, float[] probe, int except, int count) {
    double[] distances = new double[rows.length];
    for (int row = 0; row < rows.length; row++) {
      distances[row] = distance(rows[row], probe);
    }
    return IntStream.range(0, rows.length)
        .filter(row -> row != except)
        .boxed()
        .sorted(Comparator.comparingDouble(row -> distances[row]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The nearest other row of each row; −1 where there is none. */
  static int[] ofEach(float[][] rows) {
    int[] nearest = new int[rows.length];
    double[] best = new double[rows.length];
    Arrays.fill(nearest, -1);
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    for (int i = 0; i < rows.length; i++) {
      for (int j = i + 1; j < rows.length; j++) {
        double distance = distance(rows[i], rows[j]);
        if (distance < best[i]) {
          best[i] = distance;
          nearest[i] = j;
        }
        if (distance < best[j]) {
          best[j] = distance;
          nearest[j] = i;
        }
      }
    }
    return nearest;
  }

  /** ½‖x − y‖, 0 to 1 for unit-length vectors. */
  public static double distance(float[] left, float[] right) {
    double sum = 0;
    for (int d = 0; d < left.length; d++) {
      double difference = left[d] - right[d];
      sum += difference * difference;
    }
    return Math.sqrt(sum) / 2;
  }
}
