package dev.quadstream.image;

import java.util.Optional;

/** Kinds of TIFF files that the codec does not read, or would read as what they are not. */
final class TiffKinds {

  private TiffKinds() {}

  /** The kind, where it is one that is not read. */
  static Optional<String> unread(byte[] file, TiffFields fields) {
    boolean canon = file.length > 9 && file[8] == 'C' && file[9] == 'R';
    boolean dng = fields.all(TiffFields.DNG_VERSION).length > 0;
    // Its first directory is a thumbnail.
    return canon || dng ? Optional.of("a raw file of a camera") : Optional.empty();
  }
}
