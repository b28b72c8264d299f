package dev.quadstream.metric;

/**
 * What a pair metric sees of images, one after another: opaque to all but the metric and the
 * network that it comes from. It is not what goes out of the network, the unit-length embedding,
 * though it may be nothing more; see {@link UnitEmbeddings}. So a metric can fuse two images
 * earlier than their embeddings.
 */
public interface ImageFeatures {

  /** Those of some of the images, in that order; an image may be there several times. */
  ImageFeatures select(int[] images);
}
