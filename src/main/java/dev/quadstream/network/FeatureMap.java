package dev.quadstream.network;

/**
 * What a trunk's last convolution makes of one image, as {@link MapComparison} compares it.
 *
 * @param units [H·W][C], row by row, each cell's channels at unit length
 * @param strengths [H·W], the length that each cell had, by the root mean square of all
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
record FeatureMap(float[][] units, float[] strengths) {

  /** No cell of a map is longer than 0 where all its rectifiers are shut. */
  private static final float LEAST = 1e-6f;

  /**
   * The map of an image.
   *
   * @param values [H·W·C], channels last; those below 0 count as 0
   * @param cells H·W
   */
  static FeatureMap of(float[] values, int cells) {
    int channels = values.length / cells;
    float[][] units = new float[cells][channels];
    float[] strengths = new float[cells];
    double squares = 0;
    for (int cell = 0; cell < cells; cell++) {
      double sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        float value = Math.max(0, values[cell * channels + channel]);
        units[cell][channel] = value;
        sum += (double) value * value;
      }
      squares += sum;
      strengths[cell] = (float) Math.sqrt(sum);
      for (int channel = 0; channel < channels; channel++) {
        units[cell][channel] /= strengths[cell] + LEAST;
      }
    }
    float mean = (float) Math.sqrt(squares / cells) + LEAST;
    for (int cell = 0; cell < cells; cell++) {
      strengths[cell] /= mean;
    }
    return new FeatureMap(units, strengths);
  }
}
