package dev.quadstream.image;

import java.util.ArrayList;
import java.util.List;

/** The eight orientations, and images laid down in them. */
public final class TestingOrientations {

  private TestingOrientations() {}

  public static List<Orientation> all() {
    List<Orientation> all = new ArrayList<>();
    for (int bits = 0; bits < 8; bits++) {
      all.add(new Orientation((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0));
    }
    return all;
  }

  public static PixelImage laid(PixelImage image, Orientation orientation) {
    float[] values = new float[image.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.valueAt(i);
    }
    float[] laid = orientation.of(values, image.shape());
    byte[] pixels = new byte[laid.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) laid[i];
    }
    return new PixelImage(image.shape(), pixels);
  }
}
