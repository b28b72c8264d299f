package dev.quadstream.image;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Turns encoded images into what the network reads, several side by side where that is worth it.
 * What an image becomes does not depend on those beside it. Thread-safe.
 */
public final class ContentDecoder {

  /** Does pieces of work in any order, and returns when all are done. */
  @FunctionalInterface
  public interface Pieces {

    /**
     * Does all pieces.
     *
     * @param count how many
     * @param piece does the one of that number
     */
    void forEach(int count, IntConsumer piece);
  }

  private final ImageDecoder decoder;
  private final ContentReader reader;
  private final int together;
  private final Pieces pieces;

  /**
   * A decoder to what a reader makes of pixels.
   *
   * @param together how many images are worth waiting for, 1 or more
   * @param pieces does as many at once as there are threads
   */
  public ContentDecoder(ImageDecoder decoder, ContentReader reader, int together, Pieces pieces) {
    this.decoder = decoder;
    this.reader = reader;
    this.together = together;
    this.pieces = pieces;
  }

  /** For networks that read the pixels themselves: one by one, by the calling thread. */
  public static ContentDecoder ofPixels(ImageDecoder decoder) {
    return new ContentDecoder(
        decoder,
        ContentReader.PIXELS,
        1,
        (count, piece) -> {
          for (int number = 0; number < count; number++) {
            piece.accept(number);
          }
        });
  }

  /** To pixels of a size, whatever the network reads, of the same images by the same limits. */
  public ContentDecoder pixels(ImageShape shape) {
    return ofPixels(decoder.to(shape));
  }

  /** How many images are worth waiting for before they are decoded; 1 where that gains nothing. */
  public int together() {
    return together;
  }

  /** What becomes of each, in their order. */
  public List<DecodedImage> decode(List<byte[]> encoded) {
    DecodedImage[] decoded = new DecodedImage[encoded.size()];
    pieces.forEach(decoded.length, number -> decoded[number] = decode(encoded.get(number)));
    return Arrays.asList(decoded);
  }

  private DecodedImage decode(byte[] encoded) {
    long start = System.nanoTime();
    try {
      PixelImage pixels = decoder.decode(encoded);
      ImageContent content = reader.read(pixels);
      return new DecodedImage(content, pixels.isOfOneColour(), System.nanoTime() - start, null);
    } catch (UndecodableImageException e) {
      return new DecodedImage(null, false, System.nanoTime() - start, e);
    }
  }
}
