package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.InflaterInputStream;

/**
 * EXIF as ImageMagick and others wrote it into PNG files before there was a chunk for it: a text
 * chunk with the block's name, its length, and its bytes in hexadecimal digits.
 */
final class RawProfile {

  private static final Set<String> EXIF = Set.of("Raw profile type exif", "Raw profile type APP1");

  /** In characters; the orientation stands at the beginning. */
  private static final int LARGEST = 1 << 20;

  private RawProfile() {}

  /**
   * What brings upright the picture with this text chunk.
   *
   * @param compressed whether it is a {@code zTXt} chunk, and not {@code tEXt}
   * @return {@link Orientation#AS_IT_IS} where the text is another one, or broken
   */
  static Orientation orientation(byte[] file, int from, int to, boolean compressed) {
    int end = from;
    while (end < to && file[end] != 0) {
      end++;
    }
    int start = Math.min(to, compressed ? end + 2 : end + 1);
    if (!EXIF.contains(new String(file, from, end - from, ISO_8859_1))) {
      return Orientation.AS_IT_IS;
    }
    try (InputStream chunk = new ByteArrayInputStream(file, start, to - start);
        InputStream text = compressed ? new InflaterInputStream(chunk) : chunk) {
      byte[] exif = bytes(new String(text.readNBytes(LARGEST), ISO_8859_1));
      return Exif.orientation(exif, 0, exif.length);
    } catch (IOException | IllegalArgumentException broken) {
      return Orientation.AS_IT_IS;
    }
  }

  private static byte[] bytes(String text) {
    String[] parts = text.strip().split("\\s+", 3);
    String digits = parts.length == 3 ? parts[2].replaceAll("\\s", "") : "";
    return HexFormat.of().parseHex(digits.substring(0, digits.length() & ~1));
  }
}
