package dev.quadstream.cli;

import dev.quadstream.cli.demo.TrainingHistory;
import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.dataset.Part;
import dev.quadstream.image.LabeledImage;
import dev.quadstream.metric.Margins;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.stream.operator.StartModel;
import dev.quadstream.stream.options.Directories;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.stream.startup.TaskManagerChecks;
import dev.quadstream.training.MergedModel;
import dev.quadstream.training.TrainingDivergedException;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.WindowReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: the job's own training on a dataset, in this process and without Kafka. */
@Command(
    name = "train",
    footer = {"%nFor example:", "  quadstream train --dataset photos/ --out model.qsm"},
    description = {
      "Trains on a dataset with the job's own windows, mining and training, and writes the model.",
      "The same images, options and seed give the same model to the last bit, on any number of"
          + " cores."
    })
final class TrainCommand implements Callable<Integer> {

  private static final long DRAWN_UNLESS_TOLD = 20_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int SHOWN_IMAGES = 5;

  @Mixin private DatasetArguments dataset;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "MODEL",
      description = "Where the model goes.")
  private Path out;

  @Option(
      names = "--from-model",
      paramLabel = "FILE",
      description = "Starts from a model's parameters: the option network.start-from.")
  private String start;

  @Option(
      names = "--passes",
      paramLabel = "N",
      defaultValue = "1",
      description = "Passes over the dataset. Default: ${DEFAULT-VALUE}.")
  private int passes;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Images of each pass at the most. Default: all, of icons and emoji 20,000.")
  private Long limit;

  @Option(names = "--shuffle", paramLabel = "SEED", description = "Order drawn by this seed.")
  private Long shuffle;

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      description =
          "Leaves out the half of the classes that 'evaluate --split-seed N' measures with,"
              + " validation and test. For icons and emoji it is the option 'seed' unless given.")
  private Long splitSeed;

  @Mixin private ReportArgument report;

  @Mixin private BackboneArgument backbone;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  private long images;

  @Override
  public Integer call() throws Exception {
    if (passes < 1 || (limit != null && limit < 1)) {
      throw CommandException.usage(
          "--passes and --limit are 1 or more, not %d and %s.".formatted(passes, limit));
    }
    PipelineSettings configured = configuration.settings(backbone);
    PipelineSettings settings =
        start == null
            ? configured
            : configured.with(NetworkConfig.START_FROM, Directories.asUri(start));
    TaskManagerChecks.requirePrecision(settings);
    OutputFile.requireWritable(out);
    report.requireWritable();
    DatasetArgument argument = dataset.dataset(Part.TRAIN, settings.imageLimits());
    ImageFeed all = ImageFeed.of(argument, shuffle, settings.get(JobConfig.SEED));
    all.survey().ifPresent(survey -> SurveyText.print(survey, spec.commandLine().getErr()));
    ImageFeed feed = splitSeed == null ? all : all.withoutHeldOut(argument, splitSeed);
    Long seed =
        splitSeed == null && argument.isDrawn()
            ? Long.valueOf(settings.get(JobConfig.SEED))
            : splitSeed;
    if (seed != null) {
      spec.commandLine()
          .getErr()
          .printf(
              "Trains on half of the classes by seed %d; the validation quarter and the test"
                  + " quarter are left out for 'evaluate --split-seed %d'.%n",
              seed, seed);
    }
    TrainableClasses.require(feed.classSizes(), settings.get(TrainingConfig.LOSS));
    long maxOfAPass = limit != null ? limit : argument.isDrawn() ? DRAWN_UNLESS_TOLD : feed.size();
    return train(settings, feed, maxOfAPass);
  }

  private int train(PipelineSettings settings, ImageFeed feed, long maxOfAPass) throws IOException {
    AtomicBoolean interrupted = Interruption.onSignals();
    TrainingHistory history = new TrainingHistory();
    ImageReading reading = new ImageReading(settings.contentDecoder());
    Optional<MergedModel> version0 = StartModel.of(settings).map(StartModel::asVersion0);
    long began = System.nanoTime();
    try (TrainingLoop loop = new TrainingLoop(settings.loop(), version0);
        ProgressLine progress =
            ProgressLine.onError(
                spec.commandLine().getErr(), passes * Math.min(maxOfAPass, feed.size()))) {
      try {
        for (int pass = 0; pass < passes && !interrupted.get(); pass++) {
          try (Stream<EncodedImage> stream = feed.images(pass)) {
            Iterator<LabeledImage> read = reading.readAll(stream.limit(maxOfAPass).iterator());
            while (!interrupted.get() && read.hasNext()) {
              take(read.next(), loop, history, progress);
            }
          }
        }
        progress.clear();
        if (interrupted.get()) {
          Optional<String> nothing = whyNothingIsWritten(history.windows(), settings);
          if (nothing.isPresent()) {
            sayInterrupted(history.windows(), nothing.get());
            return ExitCode.INTERRUPTED;
          }
        }
        loop.finish().ifPresent(history::add);
      } catch (TrainingDivergedException e) {
        progress.clear();
        Optional<String> nothing =
            loop.hasLearned()
                ? whyNothingIsWritten(history.windows(), settings)
                : Optional.of("no model is written, since none that learned was published before.");
        if (nothing.isEmpty()) {
          save(loop, history, reading, began);
        }
        throw diverged(
            e, history, nothing.orElse(out + " is the last one that was published before."));
      }
      if (history.last() == null) {
        throw CommandException.failed("There was no image to train on. " + reading.warning(), null);
      }
      loop.requireLearned();
      save(loop, history, reading, began);
      if (interrupted.get()) {
        sayInterrupted(history.windows(), out + " is what they made.");
      }
    }
    return interrupted.get() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  private static CommandException diverged(
      TrainingDivergedException failure, TrainingHistory history, String whatIsLeft) {
    // Of the window before: the one that ends the training has no report.
    List<String> images = history.last() == null ? null : history.last().health().imageIds();
    return CommandException.failed(
        "%s%s: %s"
            .formatted(
                failure.problem(),
                images == null
                    ? " Lower training.learning-rate"
                    : " Look at the images of the windows, such as %s; lower training.learning-rate where it is not they"
                        .formatted(
                            String.join(
                                ", ", images.subList(0, Math.min(SHOWN_IMAGES, images.size())))),
                whatIsLeft),
        failure);
  }

  /** A model that was there may be the better one, and one of the warm-up is hardly trained. */
  private Optional<String> whyNothingIsWritten(long windows, PipelineSettings settings) {
    int warmUp = settings.get(TrainingConfig.WARM_UP_WINDOWS);
    if (Files.exists(out)) {
      return Optional.of(out + " is left as it was.");
    }
    return windows > warmUp
        ? Optional.empty()
        : Optional.of(
            "no model is written, since the warm-up alone takes %d."
                .formatted(Math.max(1, warmUp)));
  }

  private void sayInterrupted(long windows, String whatIsLeft) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(Locale.ROOT, "Interrupted after %,d windows: %s%n", windows, whatIsLeft);
  }

  private void take(
      LabeledImage image, TrainingLoop loop, TrainingHistory history, ProgressLine progress) {
    images++;
    Optional<WindowReport> window = loop.accept(image);
    window.ifPresent(
        done -> {
          history.add(done);
          progress.show(
              images,
              String.format(
                  Locale.ROOT,
                  "window %,d  loss %s  recall@1 %s",
                  history.windows(),
                  PlainText.number(history.loss()),
                  PlainText.number(history.recentRecallAt1())));
        });
  }

  private void save(TrainingLoop loop, TrainingHistory history, ImageReading reading, long began) {
    double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    Margins margins = loop.margins();
    long version = loop.model().orElseThrow().version();
    QuadrupletNetwork network = loop.network();
    ModelInfo info =
        new ModelInfo(
            version,
            margins.first(),
            margins.second(),
            Map.of("images", Long.toString(images), "trainedBy", "quadstream train"));
    OutputFile.write(out, ModelFile.write(network, info));
    TrainingSummary summary =
        new TrainingSummary(
            new TrainingSummary.Data(images, reading.skipped(), passes, history.windows()),
            new TrainingSummary.Learned(
                version,
                history.loss(),
                margins.first(),
                margins.second(),
                orNaN(history.last().margins().meanPositive()),
                orNaN(history.last().margins().meanNegative())),
            new TrainingSummary.Recall(history.recallAt1(), history.recentRecallAt1()),
            history.last().health().refused(),
            network.parameterCount(),
            new TrainingSummary.Time(seconds, images / seconds),
            out.toString());
    report.write(summary);
    print(summary, reading.warning());
  }

  private void print(TrainingSummary summary, String warning) {
    if (!warning.isEmpty()) {
      spec.commandLine().getErr().println(warning);
    }
    PrintWriter print = spec.commandLine().getOut();
    print.printf(
        Locale.ROOT,
        """
        model             %s, version %d, %,d parameters
        images            %,d in %,d windows, %,d skipped, %.0f s, %.0f/s
        loss              %.3f
        margins           α₁ %.3f, α₂ %.3f (μ_p %.3f, μ_n %.3f)
        recall@1          %s
        """,
        summary.model(),
        summary.learned().modelVersion(),
        summary.parameters(),
        summary.data().images(),
        summary.data().windows(),
        summary.data().skipped(),
        summary.time().wallSeconds(),
        summary.time().imagesPerSecond(),
        summary.learned().loss(),
        summary.learned().alpha1(),
        summary.learned().alpha2(),
        summary.learned().meanPositive(),
        summary.learned().meanNegative(),
        recall(summary.recall()));
  }

  private static String recall(TrainingSummary.Recall recall) {
    if (Double.isNaN(recall.overall())) {
      return "not measured: no image was of a class that an earlier window had";
    }
    String last =
        Double.isNaN(recall.recent())
            ? ""
            : String.format(Locale.ROOT, ", %.3f over the last tenth", recall.recent());
    return String.format(
        Locale.ROOT,
        "%.3f in all%s (each image tested before it was trained on)",
        recall.overall(),
        last);
  }

  private static double orNaN(Double value) {
    return value == null ? Double.NaN : value;
  }
}
