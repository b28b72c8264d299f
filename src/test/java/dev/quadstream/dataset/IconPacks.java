package dev.quadstream.dataset;

import dev.quadstream.dataset.IconOutlines.Glyph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.IkonHandler;
import org.kordamp.ikonli.IkonProvider;

/** What the ikonli packs on the class path hold, grouped by concept and family. */
final class IconPacks {

  /** How many families must draw a concept. */
  static final int MIN_FAMILIES = 6;

  private static final String RESOURCES = "META-INF/resources/";

  private IconPacks() {}

  /**
   * The variants of one concept.
   *
   * @param name the concept
   * @param byFamily each family's drawings of it, the preferred one first
   */
  record Variants(String name, SortedMap<String, List<Glyph>> byFamily) {}

  /**
   * The icons that a demo draws: of each concept that enough families draw the plainest variant of
   * each family, but for those that show nothing, or the same as an earlier one.
   */
  static List<ListedIcon> icons() {
    IconOutlines outlines = new IconOutlines();
    Map<Icon, Glyph> glyphs = new HashMap<>();
    SortedMap<String, Stream<DrawnIcon>> drawings = new TreeMap<>();
    for (Variants concept : concepts(MIN_FAMILIES)) {
      List<DrawnIcon> drawn = new ArrayList<>();
      concept
          .byFamily()
          .forEach(
              (family, variants) -> {
                Icon icon = Icon.of(family, concept.name());
                variants.stream()
                    .filter(glyph -> outlines.outline(glyph).isPresent())
                    .findFirst()
                    .ifPresent(
                        glyph -> {
                          glyphs.put(icon, glyph);
                          drawn.add(new DrawnIcon(icon, outlines.artwork(glyph)));
                        });
              });
      drawings.put(concept.name(), drawn.stream());
    }
    return icons(IconCatalog.of("icons", 1, MIN_FAMILIES, drawings)).stream()
        .map(icon -> new ListedIcon(icon, glyphs.get(icon)))
        .toList();
  }

  /** All of a catalog, by concept, then by family. */
  static List<Icon> icons(IconCatalog catalog) {
    return catalog.concepts().stream().flatMap(concept -> catalog.icons(concept).stream()).toList();
  }

  /** The concepts that at least so many families name, sorted. */
  private static List<Variants> concepts(int leastFamilies) {
    SortedMap<String, SortedMap<String, List<Candidate>>> found = new TreeMap<>();
    for (Candidate candidate : candidates()) {
      found
          .computeIfAbsent(candidate.name.concept(), concept -> new TreeMap<>())
          .computeIfAbsent(candidate.family.familyName(), family -> new ArrayList<>())
          .add(candidate);
    }
    List<Variants> concepts = new ArrayList<>();
    found.forEach(
        (concept, families) -> {
          if (families.size() >= leastFamilies) {
            concepts.add(new Variants(concept, sorted(families)));
          }
        });
    return concepts;
  }

  private static SortedMap<String, List<Glyph>> sorted(
      SortedMap<String, List<Candidate>> families) {
    SortedMap<String, List<Glyph>> glyphs = new TreeMap<>();
    families.forEach(
        (family, candidates) ->
            glyphs.put(
                family,
                candidates.stream()
                    .sorted(Candidate.PLAINEST_FIRST)
                    .map(Candidate::glyph)
                    .toList()));
    return glyphs;
  }

  private static List<Candidate> candidates() {
    ClassLoader loader = IconPacks.class.getClassLoader();
    List<IkonHandler> handlers = new ArrayList<>();
    ServiceLoader.load(IkonHandler.class, loader).forEach(handlers::add);
    List<Candidate> candidates = new ArrayList<>();
    for (IkonProvider<?> provider : ServiceLoader.load(IkonProvider.class, loader)) {
      addCandidates(provider.getIkon(), handlers, candidates);
    }
    return candidates;
  }

  private static void addCandidates(
      Class<? extends Ikon> icons, List<IkonHandler> handlers, List<Candidate> candidates) {
    String packageName = icons.getPackageName();
    String pack = packageName.substring(packageName.lastIndexOf('.') + 1);
    Map<String, String> fontByPrefix = new HashMap<>();
    IconFamily.ofPack(pack)
        .ifPresent(
            family -> {
              for (Ikon icon : icons.getEnumConstants()) {
                String description = icon.getDescription();
                String prefix = description.substring(0, description.indexOf('-') + 1);
                String font =
                    fontByPrefix.computeIfAbsent(prefix, key -> font(handlers, description));
                candidates.add(Candidate.of(family, pack, icon, font));
              }
            });
  }

  private static String font(List<IkonHandler> handlers, String description) {
    for (IkonHandler handler : handlers) {
      if (handler.supports(description)) {
        String location = handler.getFontResource().toString();
        return location.substring(location.lastIndexOf(RESOURCES));
      }
    }
    throw new DatasetException(
        "No ikonli pack on the class path has the font of '%s'. Keep the META-INF/services of all packs when merging jars."
            .formatted(description));
  }

  private record Candidate(
      IconFamily family, int preference, String description, ConceptName name, Glyph glyph) {

    static final Comparator<Candidate> PLAINEST_FIRST =
        Comparator.comparingInt(Candidate::preference)
            .thenComparingInt(candidate -> candidate.name.styleWords())
            .thenComparing(Candidate::description);

    static Candidate of(IconFamily family, String pack, Ikon ikon, String font) {
      ConceptName name = ConceptName.of(family, ikon.getDescription());
      return new Candidate(
          family,
          family.preference(pack),
          ikon.getDescription(),
          name,
          new Glyph(font, ikon.getCode()));
    }
  }
}
