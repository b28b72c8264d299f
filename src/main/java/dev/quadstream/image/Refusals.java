package dev.quadstream.image;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.io.IOException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.imageio.IIOException;

/** Says why an image is refused, to the person who sent it. */
final class Refusals {

  private static final String READ = "send PNG, JPEG, GIF, BMP, TIFF, WebP or Netpbm.";

  /** Codecs say it in many words. */
  private static final Pattern UNREAD_FORM =
      Pattern.compile(
          "^unsupported|not supported|^unknown TIFF compression", Pattern.CASE_INSENSITIVE);

  private static final int SHOWN_BYTES = 8;

  private Refusals() {}

  static UndecodableImageException empty() {
    return new UndecodableImageException(
        Reason.EMPTY, "The image is empty: 0 bytes. Send the bytes of an image file.");
  }

  static UndecodableImageException tooLarge(byte[] encoded, int limit) {
    return new UndecodableImageException(
        Reason.TOO_LARGE,
        "The encoded image has %d bytes and the limit is %d: send it smaller, or raise image.max-bytes."
            .formatted(encoded.length, limit));
  }

  /** More than a limit on pixels allows, of what is named. */
  static UndecodableImageException tooManyPixels(String what, long limit) {
    return new UndecodableImageException(
        Reason.TOO_MANY_PIXELS,
        "The image announces %s and the limit is %d: send it smaller, or raise image.max-pixels."
            .formatted(what, limit));
  }

  /** More than the heap allows. */
  static UndecodableImageException tooMuchMemory(String size, long bytes, long limit) {
    return new UndecodableImageException(
        Reason.TOO_MANY_PIXELS,
        "The image of %s pixels takes %d MiB to decode and the heap has %d MiB for that: send it smaller or give Java more heap (-Xmx)."
            .formatted(size, bytes >> 20, limit >> 20));
  }

  /** Bytes that are in no format that is read. */
  static UndecodableImageException unread(byte[] encoded) {
    if (UnreadFormats.isPngMovedAsText(encoded)) {
      return corrupt(encoded, new IOException("a PNG that was moved as text, not as bytes"));
    }
    if (isAllZero(encoded)) {
      return corrupt(
          encoded,
          new IOException("nothing but zeros, as a disk or a download that failed leaves"));
    }
    return UnreadFormats.name(encoded)
        .map(name -> unsupported(encoded, name))
        .orElseGet(() -> unknownFormat(encoded));
  }

  private static boolean isAllZero(byte[] encoded) {
    for (byte value : encoded) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  static UndecodableImageException unsupported(byte[] encoded, String name) {
    return new UndecodableImageException(
        Reason.UNSUPPORTED,
        "The %d bytes are %s, which is not read here: %s".formatted(encoded.length, name, READ));
  }

  static UndecodableImageException unknownFormat(byte[] encoded) {
    int shown = Math.min(SHOWN_BYTES, encoded.length);
    String start = HexFormat.ofDelimiter(" ").formatHex(encoded, 0, shown);
    return new UndecodableImageException(
        Reason.UNKNOWN_FORMAT,
        "The %d bytes are in no known image format (they start with %s): %s"
            .formatted(encoded.length, start, READ));
  }

  /** What a codec could not read to its end. */
  static UndecodableImageException failed(ImageFormat format, byte[] encoded, Throwable cause) {
    boolean unread =
        cause instanceof IIOException
            && cause.getMessage() != null
            && UNREAD_FORM.matcher(cause.getMessage()).find();
    return unread
        ? unsupported(
            encoded, "a %s file in a form of its own (%s)".formatted(format, cause.getMessage()))
        : corrupt(encoded, cause);
  }

  static UndecodableImageException corrupt(byte[] encoded, Throwable cause) {
    String detail =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new UndecodableImageException(
        Reason.CORRUPT,
        "The image of %d bytes is damaged or truncated (%s): send the whole file."
            .formatted(encoded.length, detail),
        cause);
  }
}
