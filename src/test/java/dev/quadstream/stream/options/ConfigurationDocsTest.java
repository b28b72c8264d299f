package dev.quadstream.stream.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;

class ConfigurationDocsTest {

  @Test
  void thePageIsInStepWithTheOptions() throws IOException {
    assertThat(Files.readString(Path.of("docs", "configuration.md")))
        .as("write it anew: bin/quadstream config docs > docs/configuration.md")
        .isEqualTo(ConfigurationDocs.markdown());
  }

  @Test
  void thePageExplainsEveryOptionOnce() {
    List<String> lines = ConfigurationDocs.markdown().lines().toList();
    for (ConfigOption<?> option : QuadstreamOptions.ALL) {
      assertThat(lines).filteredOn(line -> line.startsWith("| `" + option.key() + "` ")).hasSize(1);
    }
  }

  @Test
  void everyDefaultReadsBackAsItIsShown() {
    ConfigurationLoader loader = new ConfigurationLoader(Map.of());
    for (ConfigOption<?> option : QuadstreamOptions.ALL) {
      String shown = ValueText.of(option.defaultValue());
      if (!shown.isEmpty()) {
        assertThat(loader.load(null, List.of(option.key() + "=" + shown)).settings().get(option))
            .as(option.key())
            .isEqualTo(option.defaultValue());
      }
    }
  }
}
