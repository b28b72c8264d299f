package dev.quadstream.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * What a codec only warns of and a sender must hear: Java's JPEG codec fills pixels that have no
 * data with grey.
 */
final class CodecWarnings implements IIOReadWarningListener {

  /** Of the Independent JPEG Group's library; its messages are in English everywhere. */
  private static final String NO_MORE_DATA = "premature end of data segment";

  private boolean truncated;

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    truncated |= warning != null && warning.contains(NO_MORE_DATA);
  }

  /**
   * Called once the pixels have been read.
   *
   * @throws IOException if some of them had no data
   */
  void requireComplete() throws IOException {
    if (truncated) {
      throw new IOException("its image data end before its pixels do");
    }
  }
}
