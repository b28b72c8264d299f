package dev.quadstream.search;

/**
 * Squared Euclidean distances of blocks of probes to a whole gallery, by {@link
 * VectorBlock#squaredDistances}.
 *
 * <p>Not thread-safe: it keeps a block of the gallery.
 */
public final class SquaredDistances {

  private static final int MAX_DISTANCES = 8_000_000;
  private static final int MAX_PROBES = 128;

  private final float[][] gallery;
  private final VectorBlock block;

  /**
   * Distances to these vectors.
   *
   * @param gallery one vector or more, all of one length
   */
  public SquaredDistances(float[][] gallery) {
    this.gallery = gallery;
    this.block = new VectorBlock(gallery[0].length);
  }

  /** How many probes to ask at once, so that a block's distances stay near 32 MB. */
  public int blockSize() {
    return Math.max(1, Math.min(MAX_PROBES, MAX_DISTANCES / gallery.length));
  }

  /**
   * Fills row {@code p - from} of {@code distances} for each probe p in [from, to).
   *
   * @param distances at least {@code to - from} rows, each as long as the gallery
   */
  public void fill(float[][] probes, int from, int to, float[][] distances) {
    for (int start = 0; start < gallery.length; start += VectorBlock.SIZE) {
      int count = block.load(row -> gallery[row], start, gallery.length);
      for (int probe = from; probe < to; probe++) {
        float[] squared = block.squaredDistances(probes[probe]);
        System.arraycopy(squared, 0, distances[probe - from], start, count);
      }
    }
  }
}
