package dev.quadstream.evaluation;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;

/** A metric that looks at the first value alone, so that it disagrees with Euclidean distance. */
final class TestingPairMetric implements PairMetric {

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

  static float distance(float[] first, float[] second) {
    float difference = Math.abs(first[0] - second[0]);
    return difference / (1 + difference);
  }
}
