package dev.quadstream.image;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An encoded image in memory, as codecs read it, that ends for good.
 *
 * <p>Some codecs take the end of the bytes for zeros and read on, one exception for every bit: a
 * WebP file of 26 bytes that announces 7,000 × 7,000 pixels then costs a minute of work. So the end
 * may be met a few times, as sound files at times make a codec do, and then is an error of another
 * kind. A class of its own because {@code ImageInputStream} asks for one.
 *
 * <p>It does not tell its length: by that, a codec takes a picture of one colour for a bomb, which
 * says 16 MB of pixels in 40 bytes. What it may cost is judged before, by {@link ImageLimits}.
 */
final class EncodedStream extends ImageInputStreamImpl {

  private static final int MAX_READS_PAST_THE_END = 1_000;

  private final byte[] bytes;
  private final int end;
  private int readsPastTheEnd;

  /** The first {@code end} of the bytes. */
  EncodedStream(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    if (streamPos >= end) {
      return pastTheEnd();
    }
    return bytes[(int) streamPos++] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= end) {
      return pastTheEnd();
    }
    int count = (int) Math.min(length, end - streamPos);
    System.arraycopy(bytes, (int) streamPos, buffer, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public boolean isCached() {
    return true;
  }

  @Override
  public boolean isCachedMemory() {
    return true;
  }

  /**
   * Empty, so that the virtual machine does not keep each stream, with the bytes of its image,
   * until its finalizer thread comes to it, as it would with the one inherited. There is nothing to
   * free.
   */
  @Override
  @SuppressWarnings({"deprecation", "removal"})
  protected void finalize() {}

  private int pastTheEnd() throws IOException {
    if (++readsPastTheEnd > MAX_READS_PAST_THE_END) {
      throw new IOException("its image data end long before its pixels do");
    }
    return -1;
  }
}
