package dev.quadstream.network;

/**
 * How two images resemble one another place by place: for each cell of an H×W grid {@value
 * #CHANNELS} values, the same for (a, b) and (b, a), bit for bit.
 *
 * <p>They say how alike what stands there is, and nothing of what it is: a head that saw the
 * channels themselves would learn the classes of the stream by heart. For the cell of each image
 * they are the cosine with the other's same cell, with the most alike of the cells around it, and
 * with the most alike of all; of the last two the smaller and the larger of both images'. Then the
 * smaller and the larger strength, and the squared distance of the embeddings.
 */
final class MapComparison {

  static final int CHANNELS = 8;

  private final int height;
  private final int width;

  MapComparison(int height, int width) {
    this.height = height;
    this.width = width;
  }

  int cells() {
    return height * width;
  }

  /** The number of values of a pair. */
  int size() {
    return cells() * CHANNELS;
  }

  /** The values of a pair, [H][W][{@value #CHANNELS}]. */
  float[] of(FeatureMap a, FeatureMap b, float squaredDistance) {
    float[] values = new float[size()];
    float[][] cosines = cosines(a, b);
    for (int cell = 0; cell < cells(); cell++) {
      float nearA = -1;
      float nearB = -1;
      float anyA = -1;
      float anyB = -1;
      for (int other = 0; other < cells(); other++) {
        anyA = Math.max(anyA, cosines[cell][other]);
        anyB = Math.max(anyB, cosines[other][cell]);
        if (areNeighbours(cell, other)) {
          nearA = Math.max(nearA, cosines[cell][other]);
          nearB = Math.max(nearB, cosines[other][cell]);
        }
      }
      int channel = cell * CHANNELS;
      values[channel++] = cosines[cell][cell];
      values[channel++] = Math.min(nearA, nearB);
      values[channel++] = Math.max(nearA, nearB);
      values[channel++] = Math.min(anyA, anyB);
      values[channel++] = Math.max(anyA, anyB);
      values[channel++] = Math.min(a.strengths()[cell], b.strengths()[cell]);
      values[channel++] = Math.max(a.strengths()[cell], b.strengths()[cell]);
      values[channel] = squaredDistance;
    }
    return values;
  }

  private boolean areNeighbours(int cell, int other) {
    return Math.abs(cell / width - other / width) <= 1
        && Math.abs(cell % width - other % width) <= 1;
  }

  private static float[][] cosines(FeatureMap a, FeatureMap b) {
    float[][] cosines = new float[a.units().length][b.units().length];
    for (int cell = 0; cell < cosines.length; cell++) {
      float[] one = a.units()[cell];
      for (int other = 0; other < cosines[cell].length; other++) {
        float[] two = b.units()[other];
        float sum = 0;
        for (int channel = 0; channel < one.length; channel++) {
          sum += one[channel] * two[channel];
        }
        cosines[cell][other] = sum;
      }
    }
    return cosines;
  }
}
