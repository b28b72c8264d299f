package dev.quadstream.image;

import com.twelvemonkeys.imageio.color.ColorProfiles;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;

/** The colour profile of a file, where its codec does not pass it on. */
final class ColourProfile {

  private static final int LARGEST = 4 << 20;

  private ColourProfile() {}

  /**
   * The profile in an {@code iCCP} chunk.
   *
   * @return null where it is sRGB, is not one of red, green and blue, or is broken: the picture
   *     itself is sound
   */
  static ICC_Profile ofPng(byte[] file, int from, int to) {
    int name = from;
    while (name < to && file[name] != 0) {
      name++;
    }
    int compressed = name + 2;
    if (compressed >= to) {
      return null;
    }
    ByteArrayInputStream data = new ByteArrayInputStream(file, compressed, to - compressed);
    try (InputStream inflated = new InflaterInputStream(data)) {
      return of(inflated.readNBytes(LARGEST));
    } catch (IOException broken) {
      return null;
    }
  }

  /**
   * The profile that is these bytes.
   *
   * @return null where it is sRGB, is not one of red, green and blue, or is broken
   */
  static ICC_Profile of(byte[] bytes) {
    try {
      ICC_Profile profile = ColorProfiles.createProfile(bytes);
      boolean other =
          profile.getColorSpaceType() == ColorSpace.TYPE_RGB && !ColorProfiles.isCS_sRGB(profile);
      return other ? profile : null;
    } catch (IllegalArgumentException | CMMException broken) {
      return null;
    }
  }
}
