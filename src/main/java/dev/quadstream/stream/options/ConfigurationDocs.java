package dev.quadstream.stream.options;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;

/** Writes docs/configuration.md from the options. */
public final class ConfigurationDocs {

  private static final String INTRODUCTION =
      """
      # Configuration

      <!-- Written by `bin/quadstream config docs`; a test fails where the two differ. -->

      Every option, with its default. A value is looked for in this order, the first found wins:

      1. a flag, `--set window.images=64`
      2. an environment variable, `QUADSTREAM_WINDOW_IMAGES=64`: the key in capitals, with `_` for `.` and `-`
      3. the YAML file given with `--config`, keys nested or dotted
      4. the preset that `training.preset` names, if any
      5. the default

      `ablation` and `one-pass` take options by `--set` alone, so that their command line tells all of them: they refuse to start where
      the environment sets one.

      ```yaml
      kafka:
        bootstrap-servers: broker-1:9092,broker-2:9092
        properties:
          security.protocol: SSL
      window.images: 64
      ```

      A key that is not known is an error that names the nearest known one. `quadstream config print` shows each
      value in effect and where it comes from, with secrets left out. A bad configuration ends a command with
      exit code 78.

      Durations are written as `500 ms`, `5 s` or `2 min`, sizes as `512 kb` or `10 mb`. An entry of a map is a
      value of its own: `--set kafka.properties.security.protocol=SSL`; as one text, a map is
      `name:value,name:value` or, where a value holds a comma or colon, `{name: 'value, value', name: value}`; a quote
      within quotes is doubled.
      """;

  private ConfigurationDocs() {}

  /** The page, in Markdown, with a line feed at its end. */
  public static String markdown() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (QuadstreamOptions.Group group : QuadstreamOptions.GROUPS) {
      page.append("\n## ")
          .append(group.title())
          .append("\n\n| option | takes | default | meaning |\n|---|---|---|---|\n");
      group.options().forEach(option -> page.append(row(option)));
    }
    return page.toString();
  }

  private static String row(ConfigOption<?> option) {
    String value = ValueText.of(option.defaultValue());
    String description = new HtmlFormatter().format(option.description());
    List<String> cells =
        List.of(
            "`" + option.key() + "`",
            ValueText.typeOf(option),
            value.isEmpty() ? "none" : "`" + value + "`",
            description.replace("|", "\\|"));
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
