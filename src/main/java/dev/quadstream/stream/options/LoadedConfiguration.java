package dev.quadstream.stream.options;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Options with their values and where each comes from. */
public final class LoadedConfiguration {

  private static final String DEFAULT = "default";

  private final Configuration configuration;
  private final Map<String, String> origins;

  LoadedConfiguration(Configuration configuration, Map<String, String> origins) {
    this.configuration = configuration;
    this.origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
  }

  /**
   * The options checked and as the job uses them.
   *
   * @throws ConfigurationException if values are out of range or do not fit together, naming them
   *     and where they come from
   */
  public PipelineSettings settings() {
    try {
      return PipelineSettings.of(configuration);
    } catch (InvalidOptionException e) {
      throw new ConfigurationException(e.getMessage() + givenBy(e.keys()), e);
    }
  }

  /** The value of one option, which is not checked yet. */
  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** Every option in the order of the documentation, secrets redacted. */
  public List<EffectiveValue> values() {
    List<EffectiveValue> values = new ArrayList<>();
    for (ConfigOption<?> option : QuadstreamOptions.ALL) {
      Object value = configuration.get(option);
      if (value instanceof Map<?, ?> entries && !entries.isEmpty()) {
        new TreeMap<>(entries)
            .forEach((name, entry) -> values.add(effective(option.key() + "." + name, entry)));
      } else {
        values.add(effective(option.key(), value));
      }
    }
    return values;
  }

  private EffectiveValue effective(String key, Object value) {
    return new EffectiveValue(key, ValueText.of(value), origins.getOrDefault(key, DEFAULT));
  }

  private String givenBy(List<String> keys) {
    String given =
        origins.entrySet().stream()
            .filter(origin -> keys.stream().anyMatch(key -> covers(key, origin.getKey())))
            .map(origin -> origin.getKey() + " from " + origin.getValue())
            .collect(Collectors.joining(", "));
    return given.isEmpty() ? "" : " (given: " + given + ")";
  }

  private static boolean covers(String pattern, String key) {
    return pattern.endsWith("*")
        ? key.startsWith(pattern.substring(0, pattern.length() - 1))
        : key.equals(pattern);
  }

  @Override
  public String toString() {
    return Arrays.toString(values().toArray());
  }
}
