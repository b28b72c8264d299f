package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** The EXIF blocks of files, with the prefix that JPEG asks for and others take over. */
final class Exif {

  private static final byte[] PREFIX = "Exif\0\0".getBytes(ISO_8859_1);

  private Exif() {}

  /** Whether there is a block with its prefix. */
  static boolean isPrefixed(byte[] file, int from, int to) {
    return to - from >= PREFIX.length
        && Arrays.equals(file, from, from + PREFIX.length, PREFIX, 0, PREFIX.length);
  }

  /** What brings upright the picture whose EXIF is there, with its prefix or without. */
  static Orientation orientation(byte[] file, int from, int to) {
    int start = isPrefixed(file, from, to) ? from + PREFIX.length : from;
    return Orientation.ofExif(TiffFields.of(file, start, to));
  }
}
