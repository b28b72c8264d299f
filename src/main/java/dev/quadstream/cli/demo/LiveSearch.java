package dev.quadstream.cli.demo;

import dev.quadstream.serve.http.Binding;
import dev.quadstream.serve.search.SearchService;
import dev.quadstream.serve.search.SearchSettings;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.UncheckedIOException;

/** The search service of the demo, which answers the images that are streamed without a label. */
final class LiveSearch {

  private static final int USUAL_PORT = 8082;

  /**
   * A demo has some hundred classes, of which few arrive under one release: thresholds for a lower
   * rate would take more of them.
   */
  private static final double FALSE_ACCEPT_RATE = 0.2;

  private LiveSearch() {}

  /** Serves on port 8082, or on another where that is taken. */
  static SearchService start(PipelineSettings settings) {
    try {
      return SearchService.start(at(USUAL_PORT, settings));
    } catch (UncheckedIOException taken) {
      return SearchService.start(at(0, settings));
    }
  }

  private static SearchSettings at(int port, PipelineSettings settings) {
    return new SearchSettings(
        settings.kafka(),
        settings.topics(),
        settings.registryDirectory(),
        settings.get(NetworkConfig.NAME),
        settings.kafkaName() + "/search",
        FALSE_ACCEPT_RATE,
        new SearchSettings.Images(settings::imageDecoder, settings.imageLimits()),
        SearchSettings.Indexes.defaults(),
        Binding.loopback(port));
  }
}
