package dev.quadstream.cli;

import dev.quadstream.cli.demo.Demo;
import dev.quadstream.cli.demo.DemoOptions;
import dev.quadstream.cli.demo.DemoSummary;
import dev.quadstream.cli.demo.LiveLine;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.QuadstreamOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.util.TimeUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code quadstream demo}. */
@Command(
    name = "demo",
    description =
        "Starts Kafka and Flink on this machine, streams icons, and shows how the network learns.")
final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--images",
      defaultValue = "45000",
      description = "Stop after so many images (default: ${DEFAULT-VALUE}).")
  private int images;

  @Option(names = "--duration", description = "Stop after this time, such as 90s or 10min.")
  private String duration;

  @Option(
      names = "--seed",
      description =
          "Seed of the stream, the split and the training (default: that of the options).")
  private Long seed;

  @Option(names = "--report", description = "Write the summary to this file as JSON.")
  private Path report;

  @Option(names = "--headless", description = "Draw no live line.")
  private boolean headless;

  @Option(
      names = "--directory",
      description = "Where broker, models and logs go (default: a new one below work/demo).")
  private Path directory;

  @Option(
      names = "--web-port",
      defaultValue = "8081",
      description = "Port of Flink's page (default: ${DEFAULT-VALUE}, or any free one).")
  private int webPort;

  @Option(names = "--no-page", description = "Do not serve the live page.")
  private boolean noPage;

  @Mixin private ConfigurationArguments configuration;

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    PipelineSettings settings = configuration.settings();
    if (seed != null) {
      settings = settings.with(QuadstreamOptions.SEED, seed);
    }
    DemoOptions options =
        new DemoOptions(
            images,
            duration == null ? null : TimeUtils.parseDuration(duration),
            directory == null ? newDirectory(Path.of("work", "demo")) : directory,
            WebPort.orAny(webPort),
            !noPage);
    LiveLine liveLine = headless ? null : new LiveLine(out, System.console() != null);
    Demo demo = new Demo(options, settings, out, liveLine);
    Interruption.onSignals(demo::interrupt);
    DemoSummary summary = demo.run();
    print(summary, out);
    if (report != null) {
      Files.write(report, JsonMessages.writeIndented(summary));
    }
    return demo.wasInterrupted() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  /** Named by the second, and by a number where another demo started in the same one. */
  static Path newDirectory(Path parent) throws IOException {
    String now = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    Path demos = Files.createDirectories(parent.toAbsolutePath());
    for (int number = 1; ; number++) {
      try {
        return Files.createDirectory(demos.resolve(number == 1 ? now : now + "-" + number));
      } catch (FileAlreadyExistsException taken) {
        // By a demo that started in the same second: the next name.
      }
    }
  }

  private static void print(DemoSummary summary, PrintStream out) {
    out.printf(
        Locale.ROOT,
        """

        %,d images in %,d windows, %.0f images/s, first report after %.1f s, %.0f s in all
        prequential recall@1 over the last tenth   %.3f
        recall@1 on %d concepts that were never streamed (%,d drawings)
          raw pixels          %.3f
          untrained network   %.3f
          network now         %.3f   (model version %d)
        dead letters %d, restarts %d
        model    %s
        reports  %s
        logs     %s
        """,
        summary.images(),
        summary.windows(),
        summary.imagesPerSecond(),
        summary.secondsToFirstReport(),
        summary.wallSeconds(),
        summary.prequentialRecallAt1(),
        summary.heldOut().concepts(),
        summary.heldOut().drawings(),
        summary.heldOut().rawPixels(),
        summary.heldOut().untrained(),
        summary.heldOut().trained(),
        summary.modelVersion(),
        summary.deadLetters(),
        summary.restarts(),
        summary.model(),
        summary.reports(),
        summary.logs());
  }
}
