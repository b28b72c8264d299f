package dev.quadstream.evaluation;

import dev.quadstream.metric.PairMetric;

/** A metric that looks at the first value alone, so that it disagrees with Euclidean distance. */
final class TestingPairMetric implements PairMetric {

  @Override
  public float[] distances(float[][] embeddings, int[] left, int[] right) {
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
