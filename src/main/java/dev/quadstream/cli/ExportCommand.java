package dev.quadstream.cli;

import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.serve.model.ProjectorExport;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.QuadstreamOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code export}: embeddings for other viewers. */
@Command(name = "export", description = "Writes embeddings for other viewers.")
final class ExportCommand implements Runnable {

  private static final int FEWEST_IMAGES = 8;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Give 'export projector'.");
  }

  @Command(
      name = "projector",
      description =
          "Writes a sample of the stream, embedded by the newest model, for TensorBoard's embedding projector.")
  int projector(
      @Option(
              names = "--out",
              paramLabel = "DIRECTORY",
              defaultValue = "work/projector",
              description = "Where to write the four files. Default: ${DEFAULT-VALUE}.")
          Path directory,
      @Option(
              names = "--images",
              paramLabel = "N",
              defaultValue = "2000",
              description = "At most about so many images. Default: ${DEFAULT-VALUE}.")
          int images,
      @Mixin ConfigurationArguments configuration)
      throws IOException, ModelFormatException {
    if (images < FEWEST_IMAGES) {
      throw CommandException.usage(
          "--images is %d or more, not %d.".formatted(FEWEST_IMAGES, images));
    }
    PipelineSettings settings = configuration.settings();
    KafkaCluster kafka = new KafkaCluster(settings);
    ProjectorExport export =
        new ProjectorExport(
            kafka.bootstrapServers(),
            kafka.properties(),
            kafka.topics(),
            new ModelRegistry(settings.registryDirectory()),
            settings.get(QuadstreamOptions.NETWORK_NAME));
    ProjectorExport.Written written;
    try {
      written = export.write(directory, images);
    } catch (IllegalStateException e) {
      throw CommandException.failed(e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d images of %,d classes under model version %d in %s%n",
        written.images(),
        written.classes(),
        written.version(),
        directory);
    out.println("Look at them with: tensorboard --logdir " + directory);
    out.flush();
    return ExitCode.OK;
  }
}
