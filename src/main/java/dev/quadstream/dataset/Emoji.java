package dev.quadstream.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Emoji of several designs as a catalog of icons: the same code points show the same concept. */
final class Emoji {

  /** How many designs must draw a concept. */
  private static final int MIN_DESIGNS = 3;

  private static final Map<Path, IconCatalog> CATALOGS = new ConcurrentHashMap<>();

  private Emoji() {}

  /** What a folder's packages hold, read once in the life of the process. */
  static IconCatalog catalog(Path folder) {
    return CATALOGS.computeIfAbsent(
        folder,
        unread -> {
          SortedMap<String, EmojiPackage> packages = new TreeMap<>();
          for (EmojiDesign design : EmojiDesign.values()) {
            packages.put(design.text(), EmojiPackage.read(folder, design));
          }
          return catalog(packages, MIN_DESIGNS);
        });
  }

  /** The emoji of packages by their design's name. */
  static IconCatalog catalog(SortedMap<String, EmojiPackage> packages, int leastDesigns) {
    SortedMap<String, SortedMap<String, Variants>> found = new TreeMap<>();
    packages.forEach(
        (design, emoji) -> {
          for (Map.Entry<String, JsonNode> entry : emoji.characters().properties()) {
            EmojiConcept.of(entry.getKey())
                .ifPresent(
                    concept ->
                        found
                            .computeIfAbsent(concept, unknown -> new TreeMap<>())
                            .computeIfAbsent(design, unknown -> new Variants(emoji))
                            .add(entry.getKey(), entry.getValue().asText()));
          }
        });
    SortedMap<String, Stream<DrawnIcon>> concepts = new TreeMap<>();
    found.forEach(
        (codePoints, designs) -> {
          if (designs.size() >= leastDesigns) {
            String plainest = plainestName(designs.values());
            String name = concepts.containsKey(plainest) ? plainest + "-" + codePoints : plainest;
            concepts.put(name, drawings(name, designs));
          }
        });
    return IconCatalog.of("emoji", 3, leastDesigns, concepts);
  }

  private static Stream<DrawnIcon> drawings(String name, SortedMap<String, Variants> designs) {
    return designs.entrySet().stream()
        .flatMap(
            design ->
                design.getValue().artwork().stream()
                    .map(artwork -> new DrawnIcon(Icon.of(design.getKey(), name), artwork)));
  }

  /** Designs call one thing by different names: the first one of the plainest. */
  private static String plainestName(Collection<Variants> designs) {
    return designs.stream()
        .map(Variants::plainest)
        .min(Variant.PLAINEST_FIRST)
        .orElseThrow()
        .name();
  }

  /**
   * An emoji of a design. Of several with one concept the plainest has the fewest code points, and
   * a person comes after man and woman.
   */
  private record Variant(String codePoints, String name) {

    static final Comparator<Variant> PLAINEST_FIRST =
        Comparator.<Variant>comparingInt(variant -> variant.codePoints().length())
            .thenComparing(Variant::codePoints, Comparator.reverseOrder());
  }

  /** What one design draws of a concept. */
  private record Variants(EmojiPackage emoji, List<Variant> all) {

    Variants(EmojiPackage emoji) {
      this(emoji, new ArrayList<>());
    }

    void add(String codePoints, String name) {
      all.add(new Variant(codePoints, name));
    }

    Variant plainest() {
      return all.stream().min(Variant.PLAINEST_FIRST).orElseThrow();
    }

    Optional<SvgArtwork> artwork() {
      return all.stream()
          .sorted(Variant.PLAINEST_FIRST)
          .flatMap(variant -> emoji.svg(variant.name()).stream())
          .flatMap(svg -> SvgArtwork.of(svg).stream())
          .findFirst();
    }
  }
}
