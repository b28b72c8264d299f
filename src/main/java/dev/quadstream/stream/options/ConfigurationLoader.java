package dev.quadstream.stream.options;

import dev.quadstream.kafka.Redaction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/**
 * Puts the configuration together: flags over environment variables over a YAML file over a preset
 * over defaults.
 *
 * <p>An entry of a map option such as {@code kafka.properties} is a value of its own: a flag for
 * one of them leaves those of the file. A key that is not known is an error, since a misspelt
 * option that is silently ignored is worse. Thread-safe.
 */
public final class ConfigurationLoader {

  private static final String ENVIRONMENT_PREFIX = "QUADSTREAM_";

  /** Variables that are meant for the start script or a command, and not for an option. */
  private static final Set<String> FOR_COMMANDS =
      Set.of(
          "QUADSTREAM_JVM_OPTIONS",
          "QUADSTREAM_LOG",
          "QUADSTREAM_DASHBOARD_TOKEN",
          "QUADSTREAM_SEARCH_TOKEN");

  private final KnownOptions known = new KnownOptions();
  private final Map<String, String> environment;

  /**
   * A loader.
   *
   * @param environment the variables of the process; those that start with {@code QUADSTREAM_} are
   *     read
   */
  public ConfigurationLoader(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * Reads all sources.
   *
   * @param file the YAML file, or null for none
   * @param flags {@code key=value}; of two for one key the later wins
   * @throws ConfigurationException naming the key or line, where it is, and the nearest known key
   */
  public LoadedConfiguration load(Path file, List<String> flags) {
    Map<String, SourcedValue> written = new LinkedHashMap<>();
    if (file != null) {
      YamlFile.read(file).forEach((key, value) -> put(written, key, value));
    }
    variables().forEach(name -> putVariable(written, name, environment.get(name)));
    flags.forEach(flag -> putFlag(written, flag));
    putPreset(written);

    Configuration configuration = new Configuration();
    Map<String, String> origins = new LinkedHashMap<>();
    Map<ConfigOption<?>, Map<String, String>> maps = new LinkedHashMap<>();
    written.forEach(
        (key, value) -> {
          ConfigOption<?> option = known.find(key).orElseThrow();
          origins.put(key, value.origin());
          if (KnownOptions.isMap(option)) {
            maps.computeIfAbsent(option, absent -> new TreeMap<>())
                .put(key.substring(option.key().length() + 1), value.text());
          } else {
            set(configuration, option, value);
          }
        });
    maps.forEach((option, entries) -> setMap(configuration, option, entries));
    return new LoadedConfiguration(configuration, origins);
  }

  /** The variables of the environment that are read as options, whether or not there is such. */
  public List<String> variables() {
    return environment.entrySet().stream()
        .filter(variable -> isOption(variable.getKey(), variable.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  private static boolean isOption(String name, String text) {
    return name.startsWith(ENVIRONMENT_PREFIX)
        && !FOR_COMMANDS.contains(name)
        && !ServiceLinks.isOne(name, text);
  }

  private void putVariable(Map<String, SourcedValue> written, String name, String text) {
    ConfigOption<?> option =
        known
            .findVariable(name)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "The environment variable %s stands for no option. %s Otherwise unset it."
                            .formatted(name, known.inPlaceOfVariable(name))));
    put(written, option.key(), new SourcedValue(text, "environment variable " + name));
  }

  /** Gives way to whatever was given for the same key. */
  private static void putPreset(Map<String, SourcedValue> written) {
    SourcedValue given = written.get(TrainingConfig.PRESET.key());
    if (given == null) {
      return;
    }
    Configuration scratch = new Configuration();
    set(scratch, TrainingConfig.PRESET, given);
    Preset preset = scratch.get(TrainingConfig.PRESET);
    preset
        .options()
        .forEach(
            (key, value) ->
                written.putIfAbsent(
                    key,
                    new SourcedValue(value, "preset " + preset.name().toLowerCase(Locale.ROOT))));
  }

  private void putFlag(Map<String, SourcedValue> written, String flag) {
    int equals = flag.indexOf('=');
    if (equals <= 0) {
      throw new ConfigurationException(
          "--set takes key=value, such as --set window.images=64, not '%s'.".formatted(flag));
    }
    String key = flag.substring(0, equals).trim();
    put(written, key, new SourcedValue(flag.substring(equals + 1), "--set"));
  }

  private void put(Map<String, SourcedValue> written, String key, SourcedValue value) {
    ConfigOption<?> option =
        known
            .find(key)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "Unknown option '%s' (%s). %s 'quadstream config print' lists all options."
                            .formatted(key, value.origin(), known.inPlaceOf(key))));
    if (KnownOptions.isMap(option) && key.equals(option.key())) {
      entries(option, value)
          .forEach(
              (name, text) ->
                  written.put(key + "." + name, new SourcedValue(text, value.origin())));
    } else {
      written.put(key, value);
    }
  }

  @SuppressWarnings("unchecked") // The only map type that Flink's options have.
  private static Map<String, String> entries(ConfigOption<?> option, SourcedValue value) {
    Configuration scratch = new Configuration();
    scratch.setString(option.key(), value.text());
    try {
      return (Map<String, String>) scratch.get(option);
    } catch (RuntimeException e) {
      // Without the value and without Flink's words, which repeat it: it may hold a password.
      throw new ConfigurationException(
          "Option %s (%s) must be written as name:value,name:value or, where a value holds a comma or colon, as {name: 'value, value', name: value}; a quote within quotes is doubled."
              .formatted(option.key(), value.origin()));
    }
  }

  private static void set(Configuration configuration, ConfigOption<?> option, SourcedValue value) {
    configuration.setString(option.key(), ValueText.forFlink(option, value.text()));
    if (ValueText.typeOf(option).equals("duration") && lacksUnit(value.text())) {
      // Flink would take it for milliseconds.
      throw new ConfigurationException(
          "Option %s = '%s' (%s) has no unit: write '%2$s s', '%2$s min' or '%2$s ms'."
              .formatted(option.key(), value.text().strip(), value.origin()));
    }
    try {
      configuration.get(option);
    } catch (RuntimeException e) {
      String shown = Redaction.isSecret(option.key()) ? Redaction.REDACTED : value.text();
      throw new ConfigurationException(
          "Option %s = '%s' (%s) cannot be read as %s. The default is '%s'."
              .formatted(
                  option.key(),
                  shown,
                  value.origin(),
                  expected(option),
                  ValueText.of(option.defaultValue())),
          e);
    }
  }

  /** Whether a duration is a bare number, which Flink takes for milliseconds; 0 needs no unit. */
  public static boolean lacksUnit(String duration) {
    return duration.strip().matches("0*[1-9][0-9]*");
  }

  private static String expected(ConfigOption<?> option) {
    String type = ValueText.typeOf(option);
    return switch (type) {
      case "duration" -> "a duration such as '500 ms', '5 s' or '2 min'";
      case "size" -> "a size such as '512 kb' or '10 mb'";
      case "integer" -> "an integer";
      case "number" -> "a number";
      case "text" -> "text";
      default -> "one of " + type;
    };
  }

  @SuppressWarnings("unchecked") // As above.
  private static void setMap(
      Configuration configuration, ConfigOption<?> option, Map<String, String> entries) {
    configuration.set((ConfigOption<Map<String, String>>) option, entries);
  }
}
