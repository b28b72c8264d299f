package dev.quadstream.network;

import dev.quadstream.image.BackboneFeatures;
import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.image.UndecodableImageException;

/** A network that makes features of images and never learns. Thread-safe. */
public interface FrozenBackbone {

  BackboneSpec spec();

  /** The size of the images that it reads. */
  ImageShape input();

  /** Bytes of its file, which are those of its weights. */
  long fileBytes();

  /**
   * The features of one image: the same bits whatever else is computed beside it.
   *
   * @param image of the shape {@link #input}
   * @throws UndecodableImageException where they are not finite, or all 0
   */
  BackboneFeatures features(PixelImage image) throws UndecodableImageException;
}
