package dev.quadstream.dataset;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The outlines of icons, centred on the origin with a longer side of 1, read from their fonts.
 *
 * <p>Thread-safe.
 */
final class IconOutlines {

  /**
   * A character of a font.
   *
   * @param font the font's resource path on the class path
   * @param codePoint the character in that font
   */
  record Glyph(String font, int codePoint) {}

  private static final float UNITS = 1000f;
  private static final double FLATNESS = 0.5;

  private final Map<String, Font> fonts = new ConcurrentHashMap<>();
  private final Map<Glyph, Path2D> outlines = new ConcurrentHashMap<>();

  /** The outline in black, read when it is first painted. */
  IconArtwork artwork(Glyph glyph) {
    return graphics -> {
      graphics.setColor(Color.BLACK);
      graphics.fill(outlines.computeIfAbsent(glyph, this::existing));
    };
  }

  private Path2D existing(Glyph glyph) {
    return outline(glyph)
        .orElseThrow(
            () ->
                new DatasetException(
                    "The icon font %s has no character %x: it is not of the pinned version of its pack."
                        .formatted(glyph.font(), glyph.codePoint())));
  }

  /** The outline, or nothing if the font lacks the character or leaves it blank. */
  Optional<Path2D> outline(Glyph glyph) {
    Font font = fonts.computeIfAbsent(glyph.font(), IconOutlines::load);
    if (!font.canDisplay(glyph.codePoint())) {
      return Optional.empty();
    }
    FontRenderContext exact = new FontRenderContext(null, true, true);
    GlyphVector glyphs = font.createGlyphVector(exact, Character.toChars(glyph.codePoint()));
    if (glyphs.getNumGlyphs() != 1 || glyphs.getGlyphCode(0) == font.getMissingGlyphCode()) {
      return Optional.empty();
    }
    return normalised(glyphs.getOutline());
  }

  private static Optional<Path2D> normalised(Shape outline) {
    // A curve's bounds include its control points, which lie outside of what is drawn.
    Rectangle2D bounds = new Path2D.Double(flattened(outline)).getBounds2D();
    double longerSide = Math.max(bounds.getWidth(), bounds.getHeight());
    if (longerSide <= 0) {
      return Optional.empty();
    }
    AffineTransform transform = AffineTransform.getScaleInstance(1 / longerSide, 1 / longerSide);
    transform.translate(-bounds.getCenterX(), -bounds.getCenterY());
    return Optional.of(new Path2D.Float(outline, transform));
  }

  private static Path2D flattened(Shape outline) {
    Path2D path = new Path2D.Double();
    path.append(outline.getPathIterator(null, FLATNESS), false);
    return path;
  }

  private static Font load(String resource) {
    ClassLoader loader = IconOutlines.class.getClassLoader();
    try (InputStream input = loader.getResourceAsStream(resource)) {
      if (input == null) {
        throw new DatasetException(
            "The icon font %s is not on the class path. Add the ikonli packs of the pom to it."
                .formatted(resource));
      }
      // From a file of ours: of any other source the JDK makes one that it leaves when it is
      // killed.
      Path file = TemporaryFiles.file(".ttf");
      Files.copy(input, file);
      return Font.createFont(Font.TRUETYPE_FONT, file.toFile()).deriveFont(UNITS);
    } catch (IOException | FontFormatException error) {
      throw new DatasetException(
          "Cannot read the icon font %s (%s).".formatted(resource, error), error);
    } catch (LinkageError error) {
      throw new DatasetException(
          "This Java cannot draw fonts (%s). Install libfreetype and libfontconfig: Debian's openjdk-17-jre-headless depends on libfreetype6, libfontconfig1 and libharfbuzz0b."
              .formatted(error),
          error);
    }
  }
}
