package dev.quadstream.cli;

import dev.quadstream.serve.search.SearchService;
import dev.quadstream.serve.search.SearchSettings;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code search}: the search service, until it is interrupted. */
@Command(
    name = "search",
    description =
        "Finds images that show the same: by image, id or vector over HTTP, and for each image of"
            + " the stream without a label on the topic matches.",
    footer = {"%nFor example:", "  quadstream search --config quadstream.yaml"})
final class SearchCommand implements Callable<Integer> {

  private static final int USUAL_PORT = 8082;

  @Mixin private final BindingArguments binding = new BindingArguments(USUAL_PORT);

  @Option(
      names = "--false-accept-rate",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description =
          "Which share of the images of new classes may be answered as known. Default:"
              + " ${DEFAULT-VALUE}.")
  private double falseAcceptRate;

  @Option(
      names = "--snapshot",
      paramLabel = "FILE",
      description =
          "Keeps what was read of the topics in that file, and starts from it; without it, from the"
              + " topics' start. One service alone may use it.")
  private Path snapshot;

  @Option(
      names = "--exact-up-to",
      paramLabel = "IMAGES",
      description =
          "Searches a release of more images by a graph, which may miss a neighbour. Default:"
              + " ${DEFAULT-VALUE}.")
  private int exactUpTo = SearchSettings.Indexes.DEFAULT_EXACT_UP_TO;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  /** Serves until the process is asked to end. */
  @Override
  public Integer call() throws InterruptedException {
    SearchSettings settings = settings();
    PrintWriter out = spec.commandLine().getOut();
    try (SearchService service = SearchService.start(settings)) {
      // Not before: until here there is nothing to leave in order, and much that takes time.
      Interruption.onSignals(Thread.currentThread());
      out.println("Search at " + service.address() + ", described by /openapi.json");
      if (service.token() != null) {
        out.println("Clients send the header 'Authorization: Bearer " + service.token() + "'");
      }
      new CountDownLatch(1).await();
    } catch (UncheckedIOException e) {
      throw CommandException.usage(e.getMessage());
    }
    return ExitCode.OK;
  }

  private SearchSettings settings() {
    PipelineSettings pipeline = configuration.settings();
    try {
      return new SearchSettings(
          pipeline.kafka(),
          pipeline.topics(),
          pipeline.registryDirectory(),
          pipeline.get(NetworkConfig.NAME),
          pipeline.kafkaName() + "/search",
          falseAcceptRate,
          new SearchSettings.Images(pipeline::imageDecoder, pipeline.imageLimits()),
          new SearchSettings.Indexes(Optional.ofNullable(snapshot), exactUpTo),
          binding.binding());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    }
  }
}
