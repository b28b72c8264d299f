package dev.quadstream.dataset;

import dev.quadstream.image.PixelImage;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The icons of many designs, grouped by what they show.
 *
 * <p>A concept is kept if at least {@value #LEAST_FAMILIES} families draw it; each family draws it
 * once, with the plainest of its variants. Glyphs that a font lacks or leaves blank are dropped,
 * and so is every drawing that equals an earlier one pixel for pixel. Immutable and thread-safe.
 */
public final class IconCatalog {

  /** How many families must draw a concept. */
  public static final int LEAST_FAMILIES = 6;

  private final IconOutlines outlines;
  private final SortedMap<String, List<Icon>> iconsByConcept;

  private IconCatalog(IconOutlines outlines, SortedMap<String, List<Icon>> iconsByConcept) {
    this.outlines = outlines;
    this.iconsByConcept = iconsByConcept;
  }

  /**
   * The catalog of the icon fonts on the class path, read on first use, which takes a few seconds.
   *
   * @throws DatasetException if a font cannot be read
   */
  public static IconCatalog shared() {
    return Shared.CATALOG;
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

  /** All icons, by concept, then by family. */
  public List<Icon> icons() {
    return iconsByConcept.values().stream().flatMap(Collection::stream).toList();
  }

  IconOutlines outlines() {
    return outlines;
  }

  private static IconCatalog load() {
    IconOutlines outlines = new IconOutlines();
    IconRenderer renderer = new IconRenderer(outlines, IconRenderer.DEFAULT_SIDE);
    Set<PixelImage> drawn = new HashSet<>();
    SortedMap<String, List<Icon>> kept = new TreeMap<>();
    for (IconPacks.Variants concept : IconPacks.concepts(LEAST_FAMILIES)) {
      List<Icon> icons =
          concept.byFamily().values().stream()
              .flatMap(
                  variants ->
                      variants.stream().filter(icon -> outlines.outline(icon).isPresent()).limit(1))
              .filter(icon -> drawn.add(renderer.render(icon)))
              .toList();
      if (icons.size() >= LEAST_FAMILIES) {
        kept.put(concept.name(), icons);
      }
    }
    return new IconCatalog(outlines, Collections.unmodifiableSortedMap(kept));
  }

  private static final class Shared {
    private static final IconCatalog CATALOG = load();
  }
}
