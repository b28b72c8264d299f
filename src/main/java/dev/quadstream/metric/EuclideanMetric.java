package dev.quadstream.metric;

/**
 * The Euclidean metric on unit vectors: g = ½‖f_x − f_y‖, in [0, 1]. Stateless and thread-safe.
 *
 * <p>The half brings it to the range of the learned metric, so that a margin means the same under
 * both.
 */
public final class EuclideanMetric implements PairMetric {

  @Override
  public float[] distances(
      ImageFeatures left, int[] leftImages, ImageFeatures right, int[] rightImages) {
    float[][] leftRows = UnitEmbeddings.rowsOf(left);
    float[][] rightRows = UnitEmbeddings.rowsOf(right);
    float[] distances = new float[leftImages.length];
    for (int pair = 0; pair < distances.length; pair++) {
      distances[pair] = distance(leftRows[leftImages[pair]], rightRows[rightImages[pair]]);
    }
    return distances;
  }

  @Override
  public boolean ordersAsEmbeddings() {
    return true;
  }

  private static float distance(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      double difference = (double) a[d] - b[d];
      sum += difference * difference;
    }
    // Rounding can carry opposite unit vectors just above 1.
    return (float) Math.min(1, 0.5 * Math.sqrt(sum));
  }
}
