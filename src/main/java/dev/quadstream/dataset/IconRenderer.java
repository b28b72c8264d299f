package dev.quadstream.dataset;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;

/**
 * Draws icons in black on white, anti-aliased, centred, the longer side of the glyph at 80 % of the
 * square. Thread-safe and deterministic.
 */
public final class IconRenderer {

  /** The usual side of a drawing, in pixels. */
  public static final int DEFAULT_SIDE = 32;

  private static final double GLYPH_SHARE = 0.8;
  private static final byte WHITE = (byte) 0xFF;

  private final IconOutlines outlines;
  private final ImageShape shape;

  /**
   * A renderer for the icons of a catalog.
   *
   * @param side the side of each drawing, in pixels, 8 to 1024
   */
  public IconRenderer(IconCatalog catalog, int side) {
    this(catalog.outlines(), side);
  }

  IconRenderer(IconOutlines outlines, int side) {
    this.outlines = outlines;
    this.shape = new ImageShape(1, side, side);
  }

  /** The side of each drawing, in pixels. */
  public int side() {
    return shape.width();
  }

  /** The icon centred, upright and at its usual size; one grey channel. */
  public PixelImage render(Icon icon) {
    return render(icon, IconPose.canonical());
  }

  /** The icon in a pose; one grey channel. What leaves the square is cut off. */
  public PixelImage render(Icon icon, IconPose pose) {
    Shape outline =
        outlines
            .outline(icon)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The font %s has nothing to draw for the icon %s."
                            .formatted(icon.font(), icon.id())));
    int side = side();
    BufferedImage canvas = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) canvas.getRaster().getDataBuffer()).getData();
    Arrays.fill(pixels, WHITE);
    double size = GLYPH_SHARE * side * pose.scale();
    AffineTransform placement =
        AffineTransform.getTranslateInstance(
            side / 2.0 + pose.shiftX(), side / 2.0 + pose.shiftY());
    placement.rotate(pose.rotation());
    placement.scale(size, size);
    Graphics2D graphics = canvas.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setColor(Color.BLACK);
      graphics.transform(placement);
      graphics.fill(outline);
    } finally {
      graphics.dispose();
    }
    return new PixelImage(shape, pixels);
  }
}
