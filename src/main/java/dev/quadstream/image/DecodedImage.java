package dev.quadstream.image;

/**
 * What became of an encoded image.
 *
 * @param content what the network reads; null where it was refused
 * @param ofOneColour whether nothing is to be seen in its pixels
 * @param nanos that it took
 * @param refusal why it was refused; null where it was not
 */
public record DecodedImage(
    ImageContent content, boolean ofOneColour, long nanos, UndecodableImageException refusal) {

  /** What the network reads. */
  public ImageContent orThrow() throws UndecodableImageException {
    if (refusal != null) {
      throw refusal;
    }
    return content;
  }
}
