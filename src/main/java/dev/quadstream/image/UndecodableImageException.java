package dev.quadstream.image;

/** An encoded image that cannot become pixels; the message is for the person who sent it. */
public final class UndecodableImageException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why an image was refused. */
  public enum Reason {
    /** There are no bytes. */
    EMPTY("empty"),
    /** More encoded bytes than {@link ImageLimits#maxEncodedBytes()}. */
    TOO_LARGE("too large"),
    /** More pixels announced than {@link ImageLimits#maxPixels()}. */
    TOO_MANY_PIXELS("of too many pixels"),
    /** The bytes are of a known format, or a form of one, that no codec here reads. */
    UNSUPPORTED("in a form that is not read"),
    /** Nobody recognises the bytes. */
    UNKNOWN_FORMAT("in no known image format"),
    /** A codec recognises the bytes but cannot read them to the end. */
    CORRUPT("damaged or truncated"),
    /** The backbone makes nothing of it that can be used. */
    WITHOUT_FEATURES("without usable features"),
    /** Nobody knows whether it is sound: to decode it fails each time. */
    FAILED("that cannot be decoded here"),
    /** There are no bytes of it to decode. */
    UNREAD("whose file cannot be read");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** What such an image is, for people. */
    public String text() {
      return text;
    }
  }

  private final Reason reason;

  UndecodableImageException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  UndecodableImageException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * An image of whose pixels a backbone made nothing that can be used.
   *
   * @param message a full sentence that says what came out
   */
  public static UndecodableImageException withoutFeatures(String message, Throwable cause) {
    return new UndecodableImageException(Reason.WITHOUT_FEATURES, message, cause);
  }

  /** An image that may be sound, such as one that wants more memory than there ever is. */
  public static UndecodableImageException eachTime(Throwable failure) {
    return new UndecodableImageException(
        Reason.FAILED, "To decode the image failed each time: %s.".formatted(failure), failure);
  }

  /** Why the image was refused. */
  public Reason reason() {
    return reason;
  }
}
