package dev.quadstream.training;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.image.PixelImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Drawn glyphs: a class is a line through five points, an image of it a shaky, noisy drawing. */
final class TestingGlyphs {

  static final ImageShape SHAPE = new ImageShape(1, 28, 28);

  private static final int POINTS = 5;
  private static final double STROKE = 1.4;

  private TestingGlyphs() {}

  /** Image {@code number} of a class: the same arguments draw the same pixels. */
  static LabeledImage glyph(int glyphClass, int number) {
    return glyph("c" + glyphClass + "-" + number, "c" + glyphClass, glyphClass, number);
  }

  /** The same drawing under any id and label. */
  static LabeledImage glyph(String id, String label, int glyphClass, int number) {
    SplittableRandom ofClass = new SplittableRandom(1_000 + glyphClass);
    SplittableRandom ofImage = new SplittableRandom(100_003L * glyphClass + number);
    double[][] points = new double[POINTS][2];
    double shiftX = ofImage.nextDouble(-2, 2);
    double shiftY = ofImage.nextDouble(-2, 2);
    for (double[] point : points) {
      point[0] = ofClass.nextDouble(5, 23) + shiftX + ofImage.nextDouble(-1, 1);
      point[1] = ofClass.nextDouble(5, 23) + shiftY + ofImage.nextDouble(-1, 1);
    }
    byte[] pixels = new byte[SHAPE.size()];
    for (int y = 0; y < SHAPE.height(); y++) {
      for (int x = 0; x < SHAPE.width(); x++) {
        int ink = distanceToLine(points, x, y) < STROKE ? 180 : 30;
        pixels[y * SHAPE.width() + x] = (byte) (ink + ofImage.nextInt(-30, 31));
      }
    }
    return new LabeledImage(id, label, number, new PixelImage(SHAPE, pixels));
  }

  /** Images {@code from} (included) to {@code to} (excluded) of each of the first classes. */
  static List<LabeledImage> glyphs(int classes, int from, int to) {
    List<LabeledImage> images = new ArrayList<>();
    for (int number = from; number < to; number++) {
      for (int glyphClass = 0; glyphClass < classes; glyphClass++) {
        images.add(glyph(glyphClass, number));
      }
    }
    return images;
  }

  private static double distanceToLine(double[][] points, double x, double y) {
    double nearest = Double.MAX_VALUE;
    for (int p = 1; p < points.length; p++) {
      double dx = points[p][0] - points[p - 1][0];
      double dy = points[p][1] - points[p - 1][1];
      double along = (x - points[p - 1][0]) * dx + (y - points[p - 1][1]) * dy;
      double share = Math.max(0, Math.min(1, along / (dx * dx + dy * dy)));
      double distance =
          Math.hypot(x - points[p - 1][0] - share * dx, y - points[p - 1][1] - share * dy);
      nearest = Math.min(nearest, distance);
    }
    return nearest;
  }
}
