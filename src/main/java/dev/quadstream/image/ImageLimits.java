package dev.quadstream.image;

/**
 * What an encoded image may cost before it is refused.
 *
 * <p>The pixel count is read from the file's header, so that a decompression bomb (a small file
 * that announces a huge image) is refused before a single pixel is decoded.
 *
 * @param maxEncodedBytes the longest encoded image, in bytes; at least 1
 * @param maxPixels the largest width × height, in pixels; at least 1
 */
public record ImageLimits(int maxEncodedBytes, long maxPixels) {

  private static final int DEFAULT_MAX_ENCODED_BYTES = 10 * 1024 * 1024;
  private static final long DEFAULT_MAX_PIXELS = 50_000_000;

  /** So that a limit on pixels that is small refuses no small picture for its scans. */
  private static final long BLOCKS_ALWAYS_SCANNED = 1_000_000;

  public ImageLimits {
    requirePositive("maximum encoded size in bytes", maxEncodedBytes);
    requirePositive("maximum pixel count", maxPixels);
  }

  /** 10 MiB and 50 million pixels. */
  public static ImageLimits defaults() {
    return new ImageLimits(DEFAULT_MAX_ENCODED_BYTES, DEFAULT_MAX_PIXELS);
  }

  /**
   * The largest width × height of a WebP image: an eighth, since its codec does not read at a
   * reduced resolution and keeps about 25 bytes of heap a pixel.
   */
  public long maxWebpPixels() {
    return Math.max(1, maxPixels / 8);
  }

  /**
   * The most native memory that the codec may keep for the coefficients of a JPEG, in bytes: two
   * for each pixel of the limit, since it keeps 3 to 6 for each pixel of a progressive JPEG at
   * every resolution. Of the default, that is 16 to 33 million pixels.
   */
  public long maxCoefficientBytes() {
    return 2 * Math.min(maxPixels, Long.MAX_VALUE / 2);
  }

  /**
   * The most blocks of 8 × 8 samples that all scans of a JPEG may go over together: about two
   * seconds of work by default.
   */
  public long maxScannedBlocks() {
    return BLOCKS_ALWAYS_SCANNED + maxPixels / 4;
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "The %s must be at least 1, not %d.".formatted(name, value));
    }
  }
}
