package dev.quadstream.dataset;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The designs that icons come from, and how each one names its icons.
 *
 * <p>A family is one hand: packs that draw the same icons again (the versions of one design, and
 * designs derived from it) are near-duplicates of each other and count once. The earlier pack of a
 * family is preferred.
 */
@SuppressWarnings("ImmutableEnumChecker") // the collections are made by List.of and Set.of
enum IconFamily {
  ANT_DESIGN("ant-design", "antdesignicons"),
  BOOTSTRAP("bootstrap", "bootstrapicons"),
  BOXICONS("boxicons", "boxicons"),
  CARBON("carbon", "carbonicons"),
  CODICONS("codicons", "codicons"),
  CORE_UI("coreui", "coreui"),
  ELUSIVE("elusive", "elusive"),
  EVA("eva", "evaicons"),
  FEATHER("feather", "feather"),
  FLUENT("fluent", List.of("fluentui"), Set.of(), Set.of(), true),
  FONT_AWESOME(
      "font-awesome",
      List.of("fontawesome5", "fontawesome", "lineawesome"),
      Set.of(),
      Set.of("o"),
      false),
  FOUNDATION("foundation", List.of("foundation"), Set.of("social"), Set.of(), false),
  IONICONS(
      "ionicons",
      List.of("ionicons4", "ionicons"),
      Set.of("ios", "md", "android", "logo", "social"),
      Set.of(),
      false),
  JAM("jam", List.of("jam"), Set.of(), Set.of("f"), false),
  LIGATURE_SYMBOLS("ligature-symbols", "ligaturesymbols"),
  MAP_ICONS("map-icons", List.of("mapicons"), Set.of("icon"), Set.of(), false),
  MATERIAL(
      "material",
      List.of("material2", "materialdesign2", "material", "materialdesign"),
      Set.of(),
      Set.of("variant"),
      false),
  MICRONS("microns", "microns"),
  OCTICONS("octicons", List.of("octicons"), Set.of(), Set.of(), true),
  OPEN_ICONIC("open-iconic", "openiconic"),
  REMIX("remix", List.of("remixicon"), Set.of(), Set.of("line"), true),
  THEMIFY("themify", "themify"),
  TYPICONS("typicons", List.of("typicons"), Set.of("social"), Set.of(), false),
  WEB_SYMBOLS("web-symbols", "websymbols"),
  ZONDICONS("zondicons", "zondicons");

  private final String familyName;
  private final List<String> packs;
  private final Set<String> leadingStyles;
  private final Set<String> trailingStyles;
  private final boolean numbered;

  IconFamily(String familyName, String pack) {
    this(familyName, List.of(pack), Set.of(), Set.of(), false);
  }

  IconFamily(
      String familyName,
      List<String> packs,
      Set<String> leadingStyles,
      Set<String> trailingStyles,
      boolean numbered) {
    this.familyName = familyName;
    this.packs = packs;
    this.leadingStyles = leadingStyles;
    this.trailingStyles = trailingStyles;
    this.numbered = numbered;
  }

  /** The family that a pack belongs to; none for packs whose licence or use was not settled. */
  static Optional<IconFamily> ofPack(String pack) {
    for (IconFamily family : values()) {
      if (family.packs.contains(pack)) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }

  String familyName() {
    return familyName;
  }

  /** The packs, the preferred one first. */
  List<String> packs() {
    return packs;
  }

  /** 0 for the pack that is preferred within the family, then 1, 2 and so on. */
  int preference(String pack) {
    return packs.indexOf(pack);
  }

  /** Whether a first word of a name says which style it is rather than what it shows. */
  boolean leadsWithStyle(String word) {
    return leadingStyles.contains(word);
  }

  /** Whether a last word of a name means a style in this family alone. */
  boolean endsWithStyle(String word) {
    return trailingStyles.contains(word);
  }

  /** Whether a number at the end of a name is a size or a variant. */
  boolean numbersItsIcons() {
    return numbered;
  }
}
