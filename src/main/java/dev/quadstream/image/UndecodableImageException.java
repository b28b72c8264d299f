package dev.quadstream.image;

/** An encoded image that cannot become pixels; the message is for the person who sent it. */
public final class UndecodableImageException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why an image was refused. */
  public enum Reason {
    /** There are no bytes. */
    EMPTY,
    /** More encoded bytes than {@link ImageLimits#maxEncodedBytes()}. */
    TOO_LARGE,
    /** More pixels announced than {@link ImageLimits#maxPixels()}. */
    TOO_MANY_PIXELS,
    /** The bytes are of a known format, or a form of one, that no codec here reads. */
    UNSUPPORTED,
    /** Nobody recognises the bytes. */
    UNKNOWN_FORMAT,
    /** A codec recognises the bytes but cannot read them to the end. */
    CORRUPT
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

  /** Why the image was refused. */
  public Reason reason() {
    return reason;
  }
}
