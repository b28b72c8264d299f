package dev.quadstream.dataset;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** An SVG file, parsed. */
final class SvgArtwork implements IconArtwork {

  /** Of the drawing that its bounds are measured on, in pixels. */
  private static final int MEASURED_SIDE = 64;

  /** Less than that is a shadow's rim. */
  private static final int MIN_ALPHA = 32;

  private final SVGDocument document;
  private final Rectangle bounds;

  private SvgArtwork(SVGDocument document, Rectangle bounds) {
    this.document = document;
    this.bounds = bounds;
  }

  /**
   * Measures what is to be seen of a file.
   *
   * @return nothing for one that is no SVG, or shows nothing
   */
  static Optional<SvgArtwork> of(String svg) {
    SVGDocument document =
        new SVGLoader()
            .load(
                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                null,
                LoaderContext.createDefault());
    if (document == null) {
      return Optional.empty();
    }
    BufferedImage canvas =
        new BufferedImage(MEASURED_SIDE, MEASURED_SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = canvas.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      document.render(null, graphics, new ViewBox(MEASURED_SIDE, MEASURED_SIDE));
    } finally {
      graphics.dispose();
    }
    return bounds(canvas).map(bounds -> new SvgArtwork(document, bounds));
  }

  @Override
  public void paint(Graphics2D graphics) {
    double longerSide = Math.max(bounds.getWidth(), bounds.getHeight());
    graphics.scale(1 / longerSide, 1 / longerSide);
    graphics.translate(-bounds.getCenterX(), -bounds.getCenterY());
    // JSVG does not say whether two threads may render one document.
    synchronized (document) {
      document.render(null, graphics, new ViewBox(MEASURED_SIDE, MEASURED_SIDE));
    }
  }

  private static Optional<Rectangle> bounds(BufferedImage canvas) {
    Rectangle bounds = null;
    for (int y = 0; y < MEASURED_SIDE; y++) {
      for (int x = 0; x < MEASURED_SIDE; x++) {
        if (canvas.getRGB(x, y) >>> 24 >= MIN_ALPHA) {
          Rectangle pixel = new Rectangle(x, y, 1, 1);
          bounds = bounds == null ? pixel : bounds.union(pixel);
        }
      }
    }
    return Optional.ofNullable(bounds);
  }
}
