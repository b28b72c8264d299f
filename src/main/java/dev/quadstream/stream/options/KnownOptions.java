package dev.quadstream.stream.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;

/** The options by the names that people write. Immutable and thread-safe. */
final class KnownOptions {

  private static final String ENVIRONMENT_PREFIX = "QUADSTREAM_";

  /** A key of a megabyte is no misspelling, and comparing it would take a minute. */
  private static final int LONGEST_COMPARED = 100;

  /** Options of earlier versions, and what to set in their place. */
  private static final Map<String, String> REPLACED =
      Map.of(
          "augmentation.mirror", "augmentation.orientations=mirrored",
          "shards", "replicas, which train one model");

  private final Map<String, ConfigOption<?>> byKey = new LinkedHashMap<>();
  private final Map<String, ConfigOption<?>> byVariable = new LinkedHashMap<>();

  KnownOptions() {
    for (ConfigOption<?> option : QuadstreamOptions.ALL) {
      byKey.put(option.key(), option);
      byVariable.put(variableOf(option), option);
    }
  }

  /** The environment variable that sets an option. */
  static String variableOf(ConfigOption<?> option) {
    return variableOf(option.key());
  }

  private static String variableOf(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** Whether an option holds further names and values, under its own key. */
  static boolean isMap(ConfigOption<?> option) {
    return option.defaultValue() instanceof Map;
  }

  /** The option of that key, or the map option that a key like {@code map.name} belongs to. */
  Optional<ConfigOption<?>> find(String key) {
    if (byKey.containsKey(key)) {
      return Optional.of(byKey.get(key));
    }
    return byKey.values().stream()
        .filter(option -> isMap(option) && key.startsWith(option.key() + "."))
        .filter(option -> key.length() > option.key().length() + 1)
        .findFirst();
  }

  Optional<ConfigOption<?>> findVariable(String name) {
    return Optional.ofNullable(byVariable.get(name));
  }

  /** What to write in place of a key that is not known. */
  String inPlaceOf(String key) {
    String replacement = REPLACED.get(key);
    return replacement == null
        ? "Did you mean '%s'?".formatted(nearest(key, byKey.keySet()))
        : "It is replaced: set %s.".formatted(replacement);
  }

  String inPlaceOfVariable(String name) {
    return REPLACED.keySet().stream()
        .filter(key -> variableOf(key).equals(name))
        .findFirst()
        .map(this::inPlaceOf)
        .orElseGet(() -> "Did you mean %s?".formatted(nearest(name, byVariable.keySet())));
  }

  private static String nearest(String name, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String start =
        name.substring(0, Math.min(name.length(), LONGEST_COMPARED)).toLowerCase(Locale.ROOT);
    return known.stream()
        .min(
            Comparator.comparingInt(
                candidate -> distance.apply(start, candidate.toLowerCase(Locale.ROOT))))
        .orElseThrow();
  }
}
