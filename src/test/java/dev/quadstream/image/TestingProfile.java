package dev.quadstream.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;

/** A colour profile that takes red for blue and blue for red, so that nobody can overlook it. */
final class TestingProfile {

  private TestingProfile() {}

  static byte[] redForBlue() {
    ICC_Profile srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
    ICC_Profile swapped = ICC_Profile.getInstance(srgb.getData());
    byte[] red = srgb.getData(ICC_Profile.icSigRedColorantTag);
    swapped.setData(
        ICC_Profile.icSigRedColorantTag, srgb.getData(ICC_Profile.icSigBlueColorantTag));
    swapped.setData(ICC_Profile.icSigBlueColorantTag, red);
    byte[] data = swapped.getData();
    // Its description and its checksum no longer say that it is sRGB.
    String text = new String(data, ISO_8859_1).replace("sRGB", "swap");
    byte[] renamed = text.getBytes(ISO_8859_1);
    Arrays.fill(renamed, 84, 100, (byte) 0);
    return renamed;
  }

  /** The same without where its red is, which nobody can turn round. */
  static byte[] withoutRed() {
    String text = new String(redForBlue(), ISO_8859_1);
    return text.replaceFirst("rXYZ", "none").getBytes(ISO_8859_1);
  }

  /** The content of a PNG file's {@code iCCP}. */
  static byte[] forPng(byte[] profile) throws IOException {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes("swapped\0\0".getBytes(ISO_8859_1));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(chunk)) {
      deflater.write(profile);
    }
    return chunk.toByteArray();
  }

  /** The content of a JPEG file's APP2. */
  static byte[] forJpeg(byte[] profile) {
    return TestingJpeg.joined("ICC_PROFILE\0\1\1".getBytes(ISO_8859_1), profile);
  }
}
