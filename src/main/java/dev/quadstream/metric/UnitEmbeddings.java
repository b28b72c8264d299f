package dev.quadstream.metric;

/**
 * The features of metrics that fuse late: the embeddings themselves, as they go out of the network.
 *
 * @param rows unit-length vectors, one an image; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record UnitEmbeddings(float[][] rows) implements ImageFeatures {

  @Override
  public UnitEmbeddings select(int[] images) {
    float[][] selected = new float[images.length][];
    for (int row = 0; row < selected.length; row++) {
      selected[row] = rows[images[row]];
    }
    return new UnitEmbeddings(selected);
  }

  /**
   * The vectors of features that are embeddings.
   *
   * @throws IllegalArgumentException for those of a metric that sees something else
   */
  public static float[][] rowsOf(ImageFeatures features) {
    if (features instanceof UnitEmbeddings embeddings) {
      return embeddings.rows;
    }
    throw new IllegalArgumentException(
        "This metric compares embeddings, but was given %s: features go to the metric of the network that made them."
            .formatted(features.getClass().getSimpleName()));
  }

  /** The rows in single precision, as embeddings are held. */
  public static float[][] toFloats(double[][] rows) {
    float[][] floats = new float[rows.length][];
    for (int row = 0; row < rows.length; row++) {
      floats[row] = new float[rows[row].length];
      for (int d = 0; d < rows[row].length; d++) {
        floats[row][d] = (float) rows[row][d];
      }
    }
    return floats;
  }
}
