package dev.quadstream.evaluation;

import dev.quadstream.metric.ImageFeatures;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.metric.UnitEmbeddings;

/** A metric that looks at the first value alone, so that it disagrees with Euclidean distance. */
final class TestingPairMetric implements PairMetric {

  @Override
  public float[] distances(ImageFeatures images, int[] left, int[] right) {
    float[][] embeddings = UnitEmbeddings.rowsOf(images);
    float[] distances = new float[left.length];
    for (int pair = 0; pair < left.length; pair++) {
      distances[pair] = distance(embeddings[left[pair]], embeddings[right[pair]]);
    }
    return distances;
  }

  static float distance(float[] first, float[] second) {
    float difference = Math.abs(first[0] - second[0]);
    return difference / (1 + difference);
  }
}
