package dev.quadstream.image;

import java.util.Optional;

/**
 * What a file holds by its first bytes, whatever it is called.
 *
 * @param mediaType of a picture in a format that is read, such as {@code image/png}; else null
 * @param kind of everything else that is known, as a phrase such as "a HEIC image"; else empty
 */
public record FileContent(String mediaType, String kind) {

  /** So many bytes tell all kinds apart. */
  public static final int START = UnreadFormats.LONGEST_START;

  /** Whether it is in a format that is read. */
  public boolean isRead() {
    return mediaType != null;
  }

  /**
   * Tells a file's kind.
   *
   * @param start the file, or its first {@link #START} bytes
   */
  public static FileContent of(byte[] start) {
    Optional<ImageFormat> format = ImageFormat.of(start);
    return new FileContent(
        format.map(ImageFormat::mediaType).orElse(null),
        format.isPresent() ? "" : UnreadFormats.name(start).orElse(""));
  }
}
