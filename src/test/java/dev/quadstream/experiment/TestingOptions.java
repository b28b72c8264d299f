package dev.quadstream.experiment;

import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.options.PipelineSettings;
import java.util.Map;

/** The pipeline's own options by key, an unknown one refused. */
final class TestingOptions {

  private TestingOptions() {}

  static PipelineOptions read(Map<String, String> values) {
    PipelineSettings settings =
        new ConfigurationLoader(Map.of())
            .load(
                null,
                values.entrySet().stream()
                    .map(value -> value.getKey() + "=" + value.getValue())
                    .toList())
            .settings();
    return new PipelineOptions(settings.loop(), settings::imageDecoder, settings.contentDecoder());
  }
}
