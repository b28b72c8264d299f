package dev.quadstream.dataset;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

/**
 * Draws icons on white, anti-aliased, centred, the longer side of what is to be seen at 80 % of the
 * square. Thread-safe and deterministic on a given Java.
 */
final class IconRenderer {

  /** The usual side of a drawing, in pixels. */
  static final int DEFAULT_SIDE = 32;

  private static final double DRAWN_SHARE = 0.8;

  private IconRenderer() {}

  /** A drawing in a pose. What leaves the square is cut off. */
  static PixelImage render(IconArtwork artwork, IconPose pose, ImageShape shape) {
    int side = shape.width();
    boolean grey = shape.channels() == 1;
    BufferedImage canvas =
        new BufferedImage(
            side, side, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    double size = DRAWN_SHARE * side * pose.scale();
    AffineTransform placement =
        AffineTransform.getTranslateInstance(
            side / 2.0 + pose.shiftX(), side / 2.0 + pose.shiftY());
    placement.rotate(pose.rotation());
    placement.scale(size, size);
    Graphics2D graphics = canvas.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, side, side);
      graphics.transform(placement);
      artwork.paint(graphics);
    } finally {
      graphics.dispose();
    }
    return new PixelImage(shape, samples(canvas, shape));
  }

  private static byte[] samples(BufferedImage canvas, ImageShape shape) {
    int area = shape.height() * shape.width();
    byte[] samples = new byte[shape.size()];
    for (int channel = 0; channel < shape.channels(); channel++) {
      int[] band =
          canvas.getRaster().getSamples(0, 0, shape.width(), shape.height(), channel, (int[]) null);
      for (int i = 0; i < area; i++) {
        samples[channel * area + i] = (byte) band[i];
      }
    }
    return samples;
  }
}
