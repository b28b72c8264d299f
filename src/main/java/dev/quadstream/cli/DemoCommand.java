package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.cli.demo.DatasetSource;
import dev.quadstream.cli.demo.Demo;
import dev.quadstream.cli.demo.DemoOptions;
import dev.quadstream.cli.demo.DemoSource;
import dev.quadstream.cli.demo.DemoSummary;
import dev.quadstream.cli.demo.IconSource;
import dev.quadstream.cli.demo.InputChoice;
import dev.quadstream.cli.demo.LiveLine;
import dev.quadstream.cli.demo.UnusedFiles;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.IconCatalog;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.evaluation.HeldOutExample;
import dev.quadstream.stream.options.ImageConfig;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadstream demo}. */
@Command(
    name = "demo",
    footer = {"%nFor example:", "  quadstream demo --dataset photos/"},
    description =
        "Starts Kafka and Flink on this machine, streams icons, emoji or your own images (--dataset), and shows how the network learns.")
final class DemoCommand implements Callable<Integer> {

  private static final int ICONS = 45_000;
  private static final String OPTIONS = "quadstream.yaml";

  /** What goes together: not every trunk reads every size. */
  private static final List<ConfigOption<?>> SIZE =
      List.of(ImageConfig.HEIGHT, ImageConfig.WIDTH, NetworkConfig.TRUNK);

  /** Passes over a dataset, within bounds that take from one minute to some. */
  private static final int PASSES = 30;

  private static final double MAX_UNLABELLED = 0.95;
  private static final int FEWEST = 3_000;
  private static final int MOST = 15_000;

  @Mixin private DatasetArguments dataset;

  @Option(
      names = "--images",
      description =
          "Stop after so many images (default: 45000 icons; of a dataset 30 passes, from 3000 to"
              + " 15000).")
  private Integer images;

  @Option(
      names = "--unlabelled",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Stream this share of the images without their labels, 0 to 0.95: they are questions, which a search service answers. The page takes labels for them. Default: ${DEFAULT-VALUE}.")
  private double unlabelled;

  @Option(names = "--duration", description = "Stop after this time, such as 90s or 10min.")
  private Duration duration;

  @Option(
      names = "--seed",
      description =
          "Seed of the stream, the split and the training (default: that of the options).")
  private Long seed;

  @Mixin private ReportArgument report;

  @Option(names = "--headless", description = "Draw no live line.")
  private boolean headless;

  @Option(
      names = "--directory",
      description =
          "Where broker, models and the broker's log go (default: a new one below work/demo).")
  private Path directory;

  @Option(
      names = "--web-port",
      defaultValue = "8081",
      description = "Port of Flink's page (default: ${DEFAULT-VALUE}, or any free one).")
  private int webPort;

  @Option(names = "--no-page", description = "Do not serve the live page.")
  private boolean noPage;

  @Option(
      names = "--keep",
      description = "Leave broker and page up when the stream has ended, until Ctrl-C.")
  private boolean keep;

  @Mixin private BackboneArgument backbone;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    requireUsable();
    PipelineSettings given = configuration.settings(backbone);
    PipelineSettings seeded = seed == null ? given : given.with(JobConfig.SEED, seed);
    if (!dataset.isGiven()) {
      return drawn(IconCatalog::shared, seeded, out);
    }
    DatasetArgument argument = dataset.dataset(Part.ALL, seeded.imageLimits());
    if (!argument.isDrawn()) {
      return ownImages(seeded, out);
    }
    IconCatalog catalog = argument.catalog();
    return drawn(() -> catalog, inColours(catalog.channels(), seeded), out);
  }

  /** Before a dataset is read, which may take minutes. */
  private void requireUsable() {
    if (images != null && images < 1) {
      throw CommandException.usage("--images is 1 or more, not %d.".formatted(images));
    }
    if (!(unlabelled >= 0 && unlabelled <= MAX_UNLABELLED)) {
      throw CommandException.usage(
          "--unlabelled is a share of 0 to %s, since the other images are trained on, not %s."
              .formatted(MAX_UNLABELLED, unlabelled));
    }
    if (!dataset.isGiven() && dataset.hasFlags()) {
      throw CommandException.usage(
          "--layout, --part, --labels, --root and --id-prefix go with --dataset.");
    }
    WebPort.requirePort(webPort);
    report.requireWritable();
    Path within = (directory == null ? Path.of("work") : directory).toAbsolutePath();
    if (within.toString().contains(",")) {
      throw CommandException.usage(
          "Kafka reads a comma as the end of a directory's name: choose another --directory than %s."
              .formatted(within));
    }
    if (directory != null) {
      for (String left : List.of(Demo.KAFKA, Demo.MODELS)) {
        if (Files.exists(directory.resolve(left))) {
          throw CommandException.usage(
              "%s holds an earlier demo's %s, whose images this one would train on first. Give another --directory, or remove that one."
                  .formatted(directory, left));
        }
      }
      OutputFile.requireWritable(directory.resolve(OPTIONS));
    }
  }

  private int drawn(Supplier<IconCatalog> icons, PipelineSettings settings, PrintStream out)
      throws Exception {
    int most = images == null ? ICONS : images;
    DemoSource source = new IconSource(icons, most, settings.get(JobConfig.SEED));
    return run(settings, source, options(most), out, () -> {});
  }

  private int ownImages(PipelineSettings given, PrintStream out) throws Exception {
    DatasetArgument argument = dataset.dataset(Part.TRAIN, given.imageLimits());
    ImageDataset opened = argument.open().toTrainOn();
    PrintWriter err = spec.commandLine().getErr();
    DatasetSurvey survey = opened.survey();
    SurveyText.print(survey, err);
    String idPrefix = argument.options().idPrefix();
    UnusedFiles unused = new UnusedFiles(survey, idPrefix == null ? survey.name() : idPrefix);
    PipelineSettings settings = suited(opened, given, err);
    DatasetSource source;
    try (ProgressLine progress = ProgressLine.onError(err, opened.size())) {
      source =
          DatasetSource.read(
              opened,
              settings.pixelDecoder(),
              settings.shape(),
              settings.get(JobConfig.SEED),
              unused,
              read -> progress.show(read, "read"));
    }
    if (!source.warning().isEmpty()) {
      err.println(source.warning());
    }
    int most =
        images == null
            ? (int) Math.min(MOST, Math.max(FEWEST, (long) PASSES * source.streamed()))
            : images;
    err.printf(
        Locale.ROOT,
        "Streamed are %,d images of half of the classes, %,d in all; %,d images of the other half, validation and test, measure.%n",
        source.streamed(),
        most,
        source.heldOut().size());
    DemoOptions options = options(most);
    explain(unused, options.directory(), err);
    return run(settings, source, options, out, () -> goOn(dataset.text(), settings, options, out));
  }

  /** Lists every file that is not used, and says how many there are for which reason. */
  private static void explain(UnusedFiles unused, Path directory, PrintWriter err)
      throws IOException {
    if (unused.size() > 0) {
      Path list = Files.createDirectories(directory).resolve("not-used.tsv");
      OutputFile.write(list, unused.table().getBytes(UTF_8));
      err.printf(Locale.ROOT, "Not used are %,d files, each listed in %s:%n", unused.size(), list);
      unused
          .counts()
          .forEach((reason, count) -> err.printf(Locale.ROOT, "  %,6d %s%n", count, reason));
    }
  }

  /** The options as given, and where none says how many channels, as many as the drawings have. */
  static PipelineSettings inColours(int channels, PipelineSettings given) {
    if (isBehindBackbone(given)) {
      return given;
    }
    Map<String, String> values = given.given();
    values.putIfAbsent(ImageConfig.CHANNELS.key(), Integer.toString(channels));
    return PipelineSettings.of(Configuration.fromMap(values));
  }

  /** The options as given, and where they do not say what the network reads, those that suit. */
  static PipelineSettings suited(ImageDataset opened, PipelineSettings given, PrintWriter err)
      throws IOException {
    if (isBehindBackbone(given)) {
      err.printf(
          "The backbone reads %s (channels x height x width), as its file and the options say.%n",
          given.shape());
      return given;
    }
    InputChoice choice = InputChoice.of(opened, given::imageDecoder);
    Map<String, String> values = given.given();
    boolean sizeGiven = SIZE.stream().anyMatch(option -> values.containsKey(option.key()));
    values.putIfAbsent(ImageConfig.CHANNELS.key(), "" + choice.shape().channels());
    if (!sizeGiven) {
      values.put(ImageConfig.HEIGHT.key(), "" + choice.shape().height());
      values.put(ImageConfig.WIDTH.key(), "" + choice.shape().width());
      values.put(NetworkConfig.TRUNK.key(), choice.trunk().name());
    }
    PipelineSettings suited = PipelineSettings.of(Configuration.fromMap(values));
    err.printf(
        "%s: the network reads %s (channels x height x width) through its %s trunk. --set image.channels=…, image.height, image.width and network.trunk choose otherwise%s.%n",
        choice.reason(),
        suited.shape(),
        suited.get(NetworkConfig.TRUNK).optionName(),
        sizeGiven
            ? "; where one of the last three is set, as here, the others keep their defaults"
            : "");
    return suited;
  }

  /** Its file says what is read. */
  private static boolean isBehindBackbone(PipelineSettings settings) {
    return !settings.get(NetworkConfig.BACKBONE).isEmpty();
  }

  private DemoOptions options(int most) throws IOException {
    return new DemoOptions(
        most,
        unlabelled,
        duration,
        directory == null ? newDirectory(Path.of("work", "demo")) : directory,
        WebPort.orAny(webPort),
        !noPage,
        keep);
  }

  private int run(
      PipelineSettings settings,
      DemoSource source,
      DemoOptions options,
      PrintStream out,
      Runnable further)
      throws Exception {
    LiveLine liveLine = headless ? null : LiveLine.onError();
    Demo demo = new Demo(options, settings, source, out, liveLine);
    Interruption.onSignals(demo::interrupt);
    boolean trained =
        demo.run(
            summary -> {
              print(summary, source, out);
              further.run();
              report.write(summary);
            });
    if (demo.wasInterrupted()) {
      if (!trained) {
        out.println("Interrupted before the first window, so there is no model.");
      }
      return ExitCode.INTERRUPTED;
    }
    if (!trained) {
      throw CommandException.failed(
          "No window was trained on, so there is no model: %s. The log is %s, the broker's is in %s."
              .formatted(
                  demo.deadLetters() == 0
                      ? "let the demo run for longer"
                      : "%d images became dead letters".formatted(demo.deadLetters()),
                  log(),
                  options.directory().resolve(Demo.LOGS)),
          null);
    }
    ClassArchive.writeIfAsked(out);
    return ExitCode.OK;
  }

  /** Writes the options into a file and says how to go on with them. */
  private static void goOn(
      String dataset, PipelineSettings settings, DemoOptions options, PrintStream out) {
    Path file = options.directory().resolve(OPTIONS);
    OutputFile.write(file, yaml(settings.given()).getBytes(UTF_8));
    out.printf(
        """

        To go on with these options and a Kafka broker of your own:
          bin/quadstream topics create
          bin/quadstream produce %s
          bin/quadstream run --config %s
        """,
        dataset, ShellWord.of(file));
  }

  /**
   * The options but Kafka's: the broker of one's own has others, and secrets are not for a file.
   */
  static String yaml(Map<String, String> options) {
    StringBuilder yaml = new StringBuilder();
    options.forEach(
        (key, value) -> {
          if (!key.startsWith("kafka.")) {
            yaml.append("%s: '%s'%n".formatted(key, value.replace("'", "''")));
          }
        });
    return yaml.toString();
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

  private static String example(String what, HeldOutExample example) {
    return example == null
        ? ""
        : "  %s              %s is nearest to %s%n"
            .formatted(
                what, Headers.printable(example.image()), Headers.printable(example.found()));
  }

  private static String answers(DemoSummary.Questions questions) {
    return questions == null
        ? ""
        : String.format(
            Locale.ROOT,
            """
            of %,d images without a label, %,d were answered right, %,d wrong, %,d as new%s, %,d unsure%s
              of all answers the nearest labelled image showed the same in %.1f %%
            """,
            questions.asked(),
            questions.right(),
            questions.wrong(),
            questions.asNew() + questions.asNewThoughKnown(),
            questions.asNewThoughKnown() == 0
                ? ""
                : String.format(Locale.ROOT, " (%,d wrongly)", questions.asNewThoughKnown()),
            questions.unsure(),
            questions.unanswered() == 0
                ? ""
                : String.format(Locale.ROOT, ", %,d not at all", questions.unanswered()),
            100 * questions.nearestRight());
  }

  private static void print(DemoSummary summary, DemoSource source, PrintStream out) {
    out.printf(
        Locale.ROOT,
        """

        %,d images in %,d windows, %.0f images/s, first report after %.1f s, %.0f s in all
        prequential recall@1 over the last tenth   %s
        recall@1 on %d %s that were never streamed, validation and test (%,d images)
          raw pixels          %.3f
          untrained network   %.3f
          network now         %.3f   (model version %d)
        %s%s%sdead letters %d, restarts %d
        model    %s
        reports  %s
        log      %s; the broker's in %s
        """,
        summary.training().images(),
        summary.training().windows(),
        summary.training().imagesPerSecond(),
        summary.health().secondsToFirstReport(),
        summary.health().wallSeconds(),
        PlainText.number(summary.prequentialRecallAt1()),
        summary.heldOut().concepts(),
        source.classes(),
        summary.heldOut().drawings(),
        summary.heldOut().rawPixels(),
        summary.heldOut().untrained(),
        summary.heldOut().trained(),
        summary.training().modelVersion(),
        example("a hit ", summary.heldOut().hit()),
        example("a miss", summary.heldOut().miss()),
        answers(summary.questions()),
        summary.health().deadLetters(),
        summary.health().restarts(),
        summary.files().model(),
        summary.files().reports(),
        log(),
        summary.files().logs());
  }

  /** As the start script and log4j2.properties say. */
  private static Path log() {
    return Path.of(System.getProperty("quadstream.log", "work/logs/quadstream.log"))
        .toAbsolutePath();
  }
}
