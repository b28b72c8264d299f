package dev.quadstream.cli;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.serve.web.DashboardServer;
import dev.quadstream.serve.web.DashboardSettings;
import dev.quadstream.stream.operator.ImageFetch;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.LabelConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dashboard}: serves the live page until it is interrupted. */
@Command(
    name = "dashboard",
    footer = {"%nFor example:", "  quadstream dashboard --flink http://localhost:8081"},
    description =
        "Serves the live page of a run. The run does not notice: start and stop it freely.")
final class DashboardCommand implements Callable<Integer> {

  private static final int USUAL_PORT = 8080;

  @Mixin private final BindingArguments binding = new BindingArguments(USUAL_PORT);

  @Option(
      names = "--flink",
      paramLabel = "URL",
      converter = FlinkPage.class,
      description =
          "Flink's own page, for the job's state and checkpoints. Default: that of flink.address.")
  private URI flinkPage;

  @Option(
      names = "--feedback",
      description =
          "Let people label images there: the least sure answers to images without labels are shown, and a click or key writes to the topic labels.")
  private boolean feedback;

  @Mixin private HeldOutArguments heldOut;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  private List<LabeledImage> images;

  /** Serves until the process is asked to end. */
  @Override
  public Integer call() throws InterruptedException, IOException {
    PipelineSettings pipeline = configuration.settings();
    DashboardSettings settings = settings(pipeline);
    images = heldOut.read(pipeline, spec.commandLine());
    PrintWriter out = spec.commandLine().getOut();
    try (DashboardServer server = DashboardServer.start(settings)) {
      // Not before: until here there is nothing to leave in order, and much that takes time.
      Interruption.onSignals(Thread.currentThread());
      out.println("Live page at " + server.address());
      new CountDownLatch(1).await();
    } catch (UncheckedIOException e) {
      throw CommandException.usage(e.getMessage());
    }
    return ExitCode.OK;
  }

  private DashboardSettings settings(PipelineSettings pipeline) {
    try {
      return new DashboardSettings(
          pipeline.kafka(),
          pipeline.topics(),
          pipeline.kafkaName(),
          pipeline.registryDirectory(),
          pipeline.get(NetworkConfig.NAME),
          new DashboardSettings.Images(
              pipeline.parser(), ImageFetch.of(pipeline), pipeline::imageDecoder),
          flinkPage == null ? flinkOf(pipeline) : flinkPage,
          () -> images,
          feedback ? maxQuestions(pipeline) : 0,
          binding.binding());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    }
  }

  /** Those that the job still has. */
  private static int maxQuestions(PipelineSettings pipeline) {
    int waiting = pipeline.get(LabelConfig.CAPACITY);
    if (waiting == 0) {
      throw CommandException.usage(
          "With labels.capacity = 0 no image waits for a label, so that --feedback would ask in vain. Raise it, for the job too, or leave --feedback out.");
    }
    return waiting;
  }

  private static URI flinkOf(PipelineSettings pipeline) {
    String address = pipeline.get(JobConfig.FLINK_ADDRESS);
    return address == null ? null : FlinkCluster.at(address).page();
  }
}
