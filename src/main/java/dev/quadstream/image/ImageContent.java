package dev.quadstream.image;

/** What the network reads of an image: its pixels, or the features that a backbone made of them. */
public sealed interface ImageContent permits PixelImage, BackboneFeatures {

  /** All values as a training pass takes them: of pixels 0 to 1, of features as they are. */
  float[] values();
}
