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
 * <p>The first frame is read. Transparency is composited over white, colour becomes luma (ITU-R
 * BT.601) when the target is grey, and the image is stretched to the target without keeping its
 * aspect ratio, as is usual in re-identification (Chen et al., CVPR 2017, resize every person to
 * one size): shrinking averages over the covered area, enlarging interpolates.
 *
 * <p>Very large images are read at a reduced resolution that still leaves {@value
 * #SAMPLES_PER_TARGET_PIXEL} samples along each side of a target pixel, so that memory is bounded
 * by the target and not by the sender.
 *
 * <p>Deterministic and thread-safe.
 */
public final class ImageDecoder {

  private static final int SAMPLES_PER_TARGET_PIXEL = 8;
  private static final int JPEG_MARKER = 0xFF;
  private static final int JPEG_END_OF_IMAGE = 0xD9;
  private static final int JPEG_START_OF_SCAN = 0xDA;
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
    try (ImageInputStream stream = new EncodedStream(encoded)) {
      ImageReaderSpi provider = codecs.recognise(stream).orElseThrow(() -> unknownFormat(encoded));
      return Resampling.resize(SampledImage.of(read(provider, stream, encoded)), target);
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

  private BufferedImage read(ImageReaderSpi provider, ImageInputStream stream, byte[] encoded)
      throws IOException, UndecodableImageException {
    ImageReader reader = provider.createReaderInstance();
    try {
      reader.setInput(stream, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      requireWithinLimit((long) width * height, limits.maxPixels(), width + " x " + height);
      if (ImageCodecs.reads(provider, "webp")) {
        long largest = Math.max((long) width * height, WebpFrames.largest(encoded));
        requireWithinLimit(largest, limits.maxWebpPixels(), "in WebP " + largest);
      }
      if (ImageCodecs.reads(provider, "bmp") && announcesMoreColoursThanItHolds(encoded)) {
        throw new IOException("its palette is longer than the file");
      }
      if (ImageCodecs.reads(provider, "jpeg") && !endsAfterItsLastScan(encoded)) {
        throw new IOException("the file ends in the middle of its image data");
      }
      ImageReadParam parameters = reader.getDefaultReadParam();
      parameters.setSourceSubsampling(
          subsampling(width, target.width()), subsampling(height, target.height()), 0, 0);
      return reader.read(0, parameters);
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

  /**
   * Whether a JPEG file is complete. Its codec fills a missing rest with grey and only warns;
   * within image data a marker byte is always escaped, so an end marker behind the last scan is the
   * end.
   */
  private static boolean endsAfterItsLastScan(byte[] encoded) {
    for (int i = encoded.length - 2; i >= 0; i--) {
      if ((encoded[i] & 0xFF) == JPEG_MARKER) {
        int marker = encoded[i + 1] & 0xFF;
        if (marker == JPEG_END_OF_IMAGE || marker == JPEG_START_OF_SCAN) {
          return marker == JPEG_END_OF_IMAGE;
        }
      }
    }
    return false;
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
