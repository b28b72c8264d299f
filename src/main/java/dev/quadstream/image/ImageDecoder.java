package dev.quadstream.image;

import dev.quadstream.image.UndecodableImageException.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * Turns an encoded image of any format that ImageIO and TwelveMonkeys read into the pixels that the
 * network takes.
 *
 * <p>The first frame is read, and laid upright as its EXIF says. Transparency is composited over
 * white, colour becomes luma (ITU-R BT.601) when the target is grey, and the image is stretched to
 * the target without keeping its aspect ratio, as is usual in re-identification (Chen et al., CVPR
 * 2017, resize every person to one size): shrinking averages over the covered area, enlarging
 * interpolates.
 *
 * <p>Very large images are read at a reduced resolution that still leaves {@value
 * #SAMPLES_PER_TARGET_PIXEL} samples along each side of a target pixel, so that memory is bounded
 * by the target and not by the sender.
 *
 * <p>Deterministic and thread-safe.
 */
public final class ImageDecoder {

  private static final int SAMPLES_PER_TARGET_PIXEL = 8;
  private static final int BMP_HEADER_LENGTH = 14;
  private static final int BMP_SHORTEST_WITH_COUNT = 40;
  private static final int BMP_COLOURS_USED = 46;

  private final ImageShape target;
  private final ImageLimits limits;
  private final ImageCodecs codecs;

  /**
   * A decoder to one size.
   *
   * @param target the shape of every decoded image
   * @param limits what is refused before it is decoded
   */
  public ImageDecoder(ImageShape target, ImageLimits limits) {
    this.target = target;
    this.limits = limits;
    // Before ImageIO is touched: it would keep the class loader that is current at its first use.
    this.codecs = ImageCodecs.installed();
    // Some codecs wrap their streams: none of them may write temporary files.
    ImageIO.setUseCache(false);
  }

  /** The shape of every decoded image. */
  public ImageShape target() {
    return target;
  }

  /**
   * Decodes one image.
   *
   * @param encoded the file's bytes, which are not changed
   * @return the pixels, in the target shape
   * @throws UndecodableImageException if the bytes are empty, exceed a limit, or are no image that
   *     can be read to its end
   */
  public PixelImage decode(byte[] encoded) throws UndecodableImageException {
    if (encoded.length == 0) {
      throw new UndecodableImageException(
          Reason.EMPTY, "The image is empty: 0 bytes. Send the bytes of an image file.");
    }
    if (encoded.length > limits.maxEncodedBytes()) {
      throw new UndecodableImageException(
          Reason.TOO_LARGE,
          "The encoded image has %d bytes and the limit is %d: send it smaller or raise the limit."
              .formatted(encoded.length, limits.maxEncodedBytes()));
    }
    ImageFormat format = ImageFormat.of(encoded).orElseThrow(() -> unread(encoded));
    try {
      return decode(EncodedImage.of(format, encoded));
    } catch (StackOverflowError | OutOfMemoryError error) {
      // Of an array that a damaged length field asks for: nothing of it has been allocated. To fail
      // the job would only meet the same image again.
      throw corrupt(encoded, error);
    } catch (VirtualMachineError error) {
      throw error;
    } catch (IOException | RuntimeException | Error error) {
      throw corrupt(encoded, error);
    }
  }

  private PixelImage decode(EncodedImage image) throws IOException, UndecodableImageException {
    if (image.unreadKind().isPresent()) {
      throw unsupported(image.bytes(), image.unreadKind().get());
    }
    try (ImageInputStream stream = new EncodedStream(image.bytes(), image.end())) {
      ImageReaderSpi provider =
          codecs.of(image.format(), stream).orElseThrow(() -> unknownFormat(image.bytes()));
      SampledImage stored = SampledImage.of(read(provider, stream, image));
      return Resampling.resize(stored.laid(image.orientation()), target);
    }
  }

  private BufferedImage read(ImageReaderSpi provider, ImageInputStream stream, EncodedImage image)
      throws IOException, UndecodableImageException {
    ImageReader reader = provider.createReaderInstance();
    CodecWarnings warnings = new CodecWarnings();
    try {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener(warnings);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      requireWithinLimit((long) width * height, limits.maxPixels(), width + " x " + height);
      if (image.format() == ImageFormat.WEBP) {
        long largest = Math.max((long) width * height, WebpFile.largestFrame(image.bytes()));
        requireWithinLimit(largest, limits.maxWebpPixels(), "in WebP " + largest);
      }
      if (image.format() == ImageFormat.BMP && announcesMoreColoursThanItHolds(image.bytes())) {
        throw new IOException("its palette is longer than the file");
      }
      ImageReadParam parameters = reader.getDefaultReadParam();
      boolean transposed = image.orientation().transposed();
      parameters.setSourceSubsampling(
          subsampling(width, transposed ? target.height() : target.width()),
          subsampling(height, transposed ? target.width() : target.height()),
          0,
          0);
      BufferedImage pixels = reader.read(0, parameters);
      warnings.requireComplete();
      return pixels;
    } finally {
      reader.dispose();
    }
  }

  private static void requireWithinLimit(long pixels, long limit, String announced)
      throws UndecodableImageException {
    if (pixels > limit) {
      throw new UndecodableImageException(
          Reason.TOO_MANY_PIXELS,
          "The image announces %s pixels and the limit is %d pixels: send it smaller or raise the limit."
              .formatted(announced, limit));
    }
  }

  /** The codec allocates the palette before it reads it. */
  private static boolean announcesMoreColoursThanItHolds(byte[] bmp) {
    if (bmp.length < BMP_COLOURS_USED + Integer.BYTES) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN);
    boolean hasCount = header.getInt(BMP_HEADER_LENGTH) >= BMP_SHORTEST_WITH_COUNT;
    return hasCount && header.getInt(BMP_COLOURS_USED) > bmp.length / Integer.BYTES;
  }

  private static int subsampling(int source, int target) {
    return Math.max(1, source / (target * SAMPLES_PER_TARGET_PIXEL));
  }

  private static UndecodableImageException unread(byte[] encoded) {
    if (UnreadFormats.isPngMovedAsText(encoded)) {
      return corrupt(encoded, new IOException("a PNG that was moved as text, not as bytes"));
    }
    return UnreadFormats.name(encoded)
        .map(name -> unsupported(encoded, name))
        .orElseGet(() -> unknownFormat(encoded));
  }

  private static UndecodableImageException unsupported(byte[] encoded, String name) {
    return new UndecodableImageException(
        Reason.UNSUPPORTED,
        "The %d bytes are %s, which is not read here: send PNG, JPEG, GIF, BMP, TIFF or WebP."
            .formatted(encoded.length, name));
  }

  private static UndecodableImageException unknownFormat(byte[] encoded) {
    StringBuilder start = new StringBuilder();
    for (int i = 0; i < Math.min(8, encoded.length); i++) {
      start.append("%02x ".formatted(encoded[i] & 0xFF));
    }
    return new UndecodableImageException(
        Reason.UNKNOWN_FORMAT,
        "The %d bytes are in no known image format (they start with %s): send PNG, JPEG, GIF, BMP, TIFF or WebP."
            .formatted(encoded.length, start.toString().trim()));
  }

  private static UndecodableImageException corrupt(byte[] encoded, Throwable cause) {
    String detail =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new UndecodableImageException(
        Reason.CORRUPT,
        "The image of %d bytes is damaged or truncated (%s): send the whole file."
            .formatted(encoded.length, detail),
        cause);
  }
}
