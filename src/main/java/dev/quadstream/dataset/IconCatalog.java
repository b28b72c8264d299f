package dev.quadstream.dataset;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The icons of many designs, grouped by what they show.
 *
 * <p>A concept is kept if enough families draw it; each family draws it once, with the plainest of
 * its variants. Drawings that show nothing are dropped, and so is every one that equals an earlier
 * one pixel for pixel. Immutable and thread-safe.
 */
public final class IconCatalog {

  private final String name;
  private final int channels;
  private final SortedMap<String, List<Icon>> iconsByConcept;
  private final Map<Icon, IconArtwork> artworks;

  private IconCatalog(
      String name,
      int channels,
      SortedMap<String, List<Icon>> iconsByConcept,
      Map<Icon, IconArtwork> artworks) {
    this.name = name;
    this.channels = channels;
    this.iconsByConcept = iconsByConcept;
    this.artworks = artworks;
  }

  /**
   * The catalog of the icon fonts on the class path. A font is read when the first of its icons is
   * drawn, with a {@link DatasetException} if it cannot be.
   */
  public static IconCatalog shared() {
    return Shared.CATALOG;
  }

  /**
   * The catalog of emoji, in colour, read on first use, which takes a few seconds.
   *
   * @param folder that holds the packages of the designs
   * @throws DatasetException if one is not there or is another one, saying what to do
   */
  public static IconCatalog emoji(Path folder) {
    return Emoji.catalog(folder);
  }

  /**
   * A catalog of drawings.
   *
   * @param channels of an image, 1 or 3
   * @param leastFamilies how many must draw a concept
   * @param concepts of each the drawings, one for each family
   */
  static IconCatalog of(
      String name, int channels, int leastFamilies, SortedMap<String, Stream<DrawnIcon>> concepts) {
    ImageShape shape =
        new ImageShape(channels, IconRenderer.DEFAULT_SIDE, IconRenderer.DEFAULT_SIDE);
    Set<PixelImage> drawn = new HashSet<>();
    SortedMap<String, List<Icon>> kept = new TreeMap<>();
    Map<Icon, IconArtwork> artworks = new HashMap<>();
    concepts.forEach(
        (concept, drawings) -> {
          List<DrawnIcon> different =
              drawings
                  .filter(
                      drawing ->
                          drawn.add(
                              IconRenderer.render(drawing.artwork(), IconPose.canonical(), shape)))
                  .toList();
          if (different.size() >= leastFamilies) {
            kept.put(concept, different.stream().map(DrawnIcon::icon).toList());
            different.forEach(drawing -> artworks.put(drawing.icon(), drawing.artwork()));
          }
        });
    return new IconCatalog(name, channels, Collections.unmodifiableSortedMap(kept), artworks);
  }

  /** A short name for people, such as {@code icons}. */
  public String name() {
    return name;
  }

  /** Channels of a drawing: 1 in grey, 3 in colour. */
  public int channels() {
    return channels;
  }

  /** The concepts, sorted. */
  public List<String> concepts() {
    return List.copyOf(iconsByConcept.keySet());
  }

  /**
   * The icons of a concept, one for each family that draws it, sorted by family.
   *
   * @throws IllegalArgumentException if there is no such concept
   */
  public List<Icon> icons(String concept) {
    List<Icon> icons = iconsByConcept.get(concept);
    if (icons == null) {
      throw new IllegalArgumentException("There is no icon concept '" + concept + "'.");
    }
    return icons;
  }

  /** An icon at its usual size, centred and upright. */
  PixelImage render(Icon icon) {
    return render(icon, IconPose.canonical(), IconRenderer.DEFAULT_SIDE);
  }

  /**
   * An icon in a pose, black or in its colours on white; what leaves the square is cut off.
   *
   * @param side of the square in pixels, 8 to 1024
   * @throws IllegalArgumentException if it is none of this catalog
   */
  public PixelImage render(Icon icon, IconPose pose, int side) {
    IconArtwork artwork = artworks.get(icon);
    if (artwork == null) {
      throw new IllegalArgumentException("The %s have no icon %s.".formatted(name, icon.id()));
    }
    return IconRenderer.render(artwork, pose, new ImageShape(channels, side, side));
  }

  private static IconCatalog ofFonts() {
    IconOutlines outlines = new IconOutlines();
    SortedMap<String, List<Icon>> concepts = new TreeMap<>();
    Map<Icon, IconArtwork> artworks = new HashMap<>();
    for (ListedIcon listed : ListedIcon.all()) {
      Icon icon = listed.icon();
      concepts.computeIfAbsent(icon.concept(), concept -> new ArrayList<>()).add(icon);
      artworks.put(icon, outlines.artwork(listed.glyph()));
    }
    concepts.replaceAll((concept, icons) -> List.copyOf(icons));
    return new IconCatalog("icons", 1, Collections.unmodifiableSortedMap(concepts), artworks);
  }

  private static final class Shared {
    private static final IconCatalog CATALOG = ofFonts();
  }
}
