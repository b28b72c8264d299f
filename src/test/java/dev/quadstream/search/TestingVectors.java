package dev.quadstream.search;

import java.util.SplittableRandom;

/** Vectors drawn at random. */
final class TestingVectors {

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
}
