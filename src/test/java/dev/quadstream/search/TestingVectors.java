package dev.quadstream.search;

import java.util.SplittableRandom;

/** Vectors drawn at random. */
public final class TestingVectors {

  private TestingVectors() {}

  static float[][] draw(int count, int dimensions, SplittableRandom random) {
    float[][] vectors = new float[count][dimensions];
    for (float[] vector : vectors) {
      for (int d = 0; d < dimensions; d++) {
        vector[d] = (float) random.nextDouble(-1, 1);
      }
    }
    return vectors;
  }

  /** One of length 1. */
  public static float[] unit(int dimensions, SplittableRandom random) {
    float[] vector = draw(1, dimensions, random)[0];
    double length = 0;
    for (float value : vector) {
      length += value * value;
    }
    for (int d = 0; d < dimensions; d++) {
      vector[d] /= (float) Math.sqrt(length);
    }
    return vector;
  }

  /** The squared distance of two. */
  public static float squared(float[] left, float[] right) {
    float sum = 0;
    for (int d = 0; d < left.length; d++) {
      float difference = left[d] - right[d];
      sum += difference * difference;
    }
    return sum;
  }
}
