package dev.quadstream.image;

/** Makes of an image's pixels what the network reads. */
@FunctionalInterface
public interface ContentReader {

  /** For networks that read the pixels themselves. */
  ContentReader PIXELS = pixels -> pixels;

  /**
   * What the network reads.
   *
   * @throws UndecodableImageException where nothing of use comes out
   */
  ImageContent read(PixelImage pixels) throws UndecodableImageException;
}
