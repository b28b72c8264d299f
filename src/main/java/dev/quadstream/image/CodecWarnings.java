package dev.quadstream.image;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a codec says beside the pixels. Java's JPEG codec makes a picture of whatever is left of a
 * file, and only warns, in the words of the Independent JPEG Group's library, which are English
 * everywhere. It says the first of these alone: what comes first must do to tell what is harmless.
 */
final class CodecWarnings {

  private static final String NO_MORE_DATA = "premature end of data segment";

  private static final Pattern DAMAGE =
      Pattern.compile("bad Huffman code|instead of RST|Inconsistent progression");

  /** Of the header, and no harm in itself. */
  private static final Pattern ODD_HEADER =
      Pattern.compile("Adobe color transform|JFIF revision|Invalid SOS parameters");

  private static final Pattern EXTRANEOUS =
      Pattern.compile("(\\d+) extraneous bytes before marker 0x(\\p{XDigit}+)");

  private static final String NO_END = "Missing EOI";
  private static final String END = "d9";

  /** Cameras put so many before a marker; more are data that no pixel was made of. */
  private static final int FEW = 16;

  private String lost;
  private String harmless;
  private boolean hasNoEnd;

  void add(String warning) {
    if (warning == null) {
      return;
    }
    hasNoEnd |= warning.contains(NO_END);
    if (warning.contains(NO_MORE_DATA)) {
      lost = "its image data end before its pixels do";
    } else if (DAMAGE.matcher(warning).find()) {
      lost = damaged(warning);
    } else if (ODD_HEADER.matcher(warning).find()) {
      harmless = damaged(warning);
    }
    Matcher extraneous = EXTRANEOUS.matcher(warning);
    // Drones and scanners leave any number of bytes behind the picture, before its end marker.
    if (!extraneous.find() || extraneous.group(2).equals(END)) {
      return;
    }
    if (extraneous.group(1).length() > 4 || Integer.parseInt(extraneous.group(1)) > FEW) {
      lost = damaged(warning);
    } else {
      harmless = damaged(warning);
    }
  }

  /**
   * Fails where pixels were made of no data, or of other ones than theirs. Without an end marker
   * anything may stand behind the picture, and what is harmless hides whether it was whole.
   *
   * @throws IOException that says what is wrong
   */
  void requireNoLoss() throws IOException {
    String loss = lost == null && hasNoEnd ? harmless : lost;
    if (loss != null) {
      throw new IOException(loss);
    }
  }

  private static String damaged(String warning) {
    return "its image data are damaged: " + warning;
  }
}
