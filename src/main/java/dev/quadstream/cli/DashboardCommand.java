package dev.quadstream.cli;

import dev.quadstream.image.LabeledImage;
import dev.quadstream.serve.http.Binding;
import dev.quadstream.serve.web.DashboardServer;
import dev.quadstream.serve.web.DashboardSettings;
import dev.quadstream.stream.options.JobConfig;
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

  private static final String TOKEN_VARIABLE = "QUADSTREAM_DASHBOARD_TOKEN";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port of the page, 0 for any free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Interface of the page, 0.0.0.0 for all; beyond this machine a token is asked for. Default: ${DEFAULT-VALUE}.")
  private String bind;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "What a browser must bring, 8 or more letters and digits. Also from "
              + TOKEN_VARIABLE
              + ", where the process list does not show it. Default: made up where one is needed.")
  private String token;

  @Option(
      names = "--flink",
      paramLabel = "URL",
      description =
          "Flink's own page, for the job's state and checkpoints. Default: that of flink.address.")
  private URI flinkPage;

  @Mixin private HeldOutArguments heldOut;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  /** Serves until the process is asked to end. */
  @Override
  public Integer call() throws InterruptedException, IOException {
    Interruption.onSignals(Thread.currentThread());
    DashboardSettings settings = settings();
    PrintWriter out = spec.commandLine().getOut();
    try (DashboardServer server = DashboardServer.start(settings)) {
      out.println("Live page at " + server.address());
      out.flush();
      new CountDownLatch(1).await();
    } catch (UncheckedIOException e) {
      throw CommandException.usage(e.getMessage());
    }
    return ExitCode.OK;
  }

  private DashboardSettings settings() throws IOException {
    PipelineSettings pipeline = configuration.settings();
    List<LabeledImage> images = heldOut.read(pipeline, spec.commandLine());
    KafkaCluster kafka = new KafkaCluster(pipeline);
    try {
      return new DashboardSettings(
          kafka.bootstrapServers(),
          kafka.properties(),
          kafka.topics(),
          pipeline.kafkaName(),
          pipeline.registryDirectory(),
          pipeline.get(NetworkConfig.NAME),
          pipeline::imageDecoder,
          flinkPage == null ? flinkOf(pipeline) : flinkPage,
          images,
          new Binding(bind, port, AccessToken.of(token, TOKEN_VARIABLE)));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    }
  }

  private static URI flinkOf(PipelineSettings pipeline) {
    String address = pipeline.get(JobConfig.FLINK_ADDRESS);
    return address == null ? null : URI.create("http://" + address);
  }
}
