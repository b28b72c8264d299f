package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/** The formats that are read, told apart by how their files begin and never by their names. */
enum ImageFormat {
  PNG("png", "image/png"),
  JPEG("jpeg", "image/jpeg"),
  GIF("gif", "image/gif"),
  BMP("bmp", "image/bmp"),
  TIFF("tiff", "image/tiff"),
  BIG_TIFF("bigtiff", "image/tiff"),
  WEBP("webp", "image/webp"),
  NETPBM("pnm", "image/x-portable-anymap");

  private static final int LONGEST_SIGNATURE = 18;

  private final String codec;
  private final String mediaType;

  ImageFormat(String codec, String mediaType) {
    this.codec = codec;
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /** The name by which its codec is found. */
  String codec() {
    return codec;
  }

  /** The format of a file, if it is one of these. */
  static Optional<ImageFormat> of(byte[] file) {
    String start = new String(file, 0, Math.min(file.length, LONGEST_SIGNATURE), ISO_8859_1);
    if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    }
    if (start.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    }
    if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
      return Optional.of(GIF);
    }
    // The length of its second header, below 256, has zeros that no text has: BMW is no picture.
    if (start.startsWith("BM") && start.startsWith("\0\0\0", 15)) {
      return Optional.of(BMP);
    }
    if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
      return Optional.of(TIFF);
    }
    if (start.startsWith("II+\0") || start.startsWith("MM\0+")) {
      return Optional.of(BIG_TIFF);
    }
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return Optional.of(WEBP);
    }
    if (start.matches("(?s)P[1-6][\\s#].*")) {
      return Optional.of(NETPBM);
    }
    return Optional.empty();
  }
}
