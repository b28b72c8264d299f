package dev.quadstream.cli.demo;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.kafka.ReferencedContent;
import dev.quadstream.serve.http.Binding;
import dev.quadstream.serve.web.DashboardServer;
import dev.quadstream.serve.web.DashboardSettings;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/** The live page of the demo, which measures each model on the classes that are never streamed. */
final class LivePage implements AutoCloseable {

  private static final int USUAL_PORT = 8080;

  private final PipelineSettings settings;
  private final URI flinkPage;
  private final int maxQuestions;
  private DashboardServer server;

  /**
   * A page that is not served yet.
   *
   * @param maxQuestions among how many images without a label people are asked; 0 for none
   */
  LivePage(PipelineSettings settings, URI flinkPage, int maxQuestions) {
    this.settings = settings;
    this.flinkPage = flinkPage;
    this.maxQuestions = maxQuestions;
  }

  /** Serves the page on port 8080, or on another where that is taken; returns its address. */
  String start(Supplier<List<LabeledImage>> heldOut) throws IOException {
    try {
      server = DashboardServer.start(at(USUAL_PORT, heldOut));
    } catch (UncheckedIOException taken) {
      server = DashboardServer.start(at(0, heldOut));
    }
    return server.address();
  }

  private DashboardSettings at(int port, Supplier<List<LabeledImage>> heldOut) {
    return new DashboardSettings(
        settings.kafka(),
        settings.topics(),
        settings.kafkaName(),
        settings.registryDirectory(),
        settings.get(NetworkConfig.NAME),
        new DashboardSettings.Images(
            settings.parser(), ReferencedContent.NOWHERE, settings::imageDecoder),
        flinkPage,
        heldOut,
        maxQuestions,
        Binding.loopback(port));
  }

  /** The page stays, and Flink is no more. */
  void flinkHasEnded() {
    if (server != null) {
      server.flinkHasEnded();
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
