package dev.quadstream.image;

/**
 * What a file asks of its codec beside the pixels that are delivered, by its own announcements.
 *
 * @param coefficientBytes native memory for a JPEG whose scans refine each other
 * @param scannedBlocks blocks of 8 × 8 pixels that its scans go over in all; of a TIFF, of 64 bytes
 *     of its samples
 * @param webpFrame pixels of the largest frame of a WebP file; 0 for other files
 * @param storedBytes heap for samples that are looked at as they are stored, all of them
 */
record CodecCost(long coefficientBytes, long scannedBlocks, long webpFrame, long storedBytes) {

  static final CodecCost NONE = new CodecCost(0, 0, 0, 0);

  /** Of heap, at every resolution. */
  private static final int WEBP_BYTES_PER_PIXEL = 25;

  /** Memory in bytes. */
  long bytes() {
    return coefficientBytes + webpFrame * WEBP_BYTES_PER_PIXEL + storedBytes;
  }
}
