package dev.quadstream.cli;

import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.dataset.files.FileDataset;
import dev.quadstream.experiment.AblationText;
import dev.quadstream.experiment.OnePass;
import dev.quadstream.experiment.OnePassReport;
import dev.quadstream.stream.options.AugmentationConfig;
import dev.quadstream.stream.options.ImageConfig;
import dev.quadstream.stream.options.JobConfig;
import dev.quadstream.stream.options.MiningConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.stream.options.WindowConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadstream one-pass}. */
@Command(
    name = "one-pass",
    footer = {"%nFor example:", "  quadstream one-pass --dataset mnist/"},
    description =
        "Trains on a dataset in one pass, and classifies the test images by their nearest"
            + " neighbour; beside it, a plain classifier over the same pass.")
public final class OnePassCommand implements Callable<Integer> {

  /**
   * What suits ten classes of upright images, all known from the start: a small window with much of
   * the memory beside it, which may hold all images, since one pass has few for many steps; no
   * orientations but the mirrored one, since no class is ever new.
   */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry(NetworkConfig.TRUNK.key(), "MEDIUM"),
          Map.entry(ImageConfig.HEIGHT.key(), "64"),
          Map.entry(ImageConfig.WIDTH.key(), "64"),
          Map.entry(WindowConfig.IMAGES.key(), "16"),
          Map.entry(MiningConfig.MEMORY_IMAGES.key(), "112"),
          Map.entry(MiningConfig.QUADRUPLETS.key(), "384"),
          Map.entry(MiningConfig.MEMORY_CAPACITY.key(), "60000"),
          Map.entry(MiningConfig.MEMORY_SEARCH_IMAGES.key(), "8192"),
          Map.entry(JobConfig.PUBLISH_EVERY.key(), "64"),
          Map.entry(TrainingConfig.WARM_UP_WINDOWS.key(), "50"),
          Map.entry(TrainingConfig.PAIR_SOFTMAX_WEIGHT.key(), "1"),
          Map.entry(AugmentationConfig.ORIENTATIONS.key(), "MIRRORED"),
          Map.entry(AugmentationConfig.SHIFT.key(), "0.04"),
          Map.entry(AugmentationConfig.ROTATION.key(), "0.05"),
          Map.entry(AugmentationConfig.SCALE.key(), "0.05"));

  /** Those of them that a backbone decides itself. */
  private static final Set<String> OF_PIXELS =
      Set.of(NetworkConfig.TRUNK.key(), ImageConfig.HEIGHT.key(), ImageConfig.WIDTH.key());

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder with training and test part: the four files of the MNIST family, gzipped or not,"
              + " which come in their own order, or train/class/image and test/class/image,"
              + " shuffled.")
  private String dataset;

  @Mixin private ReportArgument report;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set an option of the pipeline, such as --set window.images=32.")
  private List<String> overrides = List.of();

  @Mixin private BackboneArgument backbone;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintStream out = System.out;
    PrintStream progress = System.err;
    ExperimentOptions.refuseVariables(spec);
    report.requireWritable();
    List<String> given = new ArrayList<>(backbone.flags());
    given.addAll(overrides);
    boolean behindBackbone = ExperimentOptions.nameBackbone(given);
    List<String> flags = new ArrayList<>();
    SETTINGS.forEach(
        (key, value) -> {
          if (!behindBackbone || !OF_PIXELS.contains(key)) {
            flags.add(key + "=" + value);
          }
        });
    flags.addAll(given);
    PipelineSettings settings = ExperimentOptions.settings(flags);
    ExperimentOptions.refuseStart(settings.given());
    ImageDataset training = open(Part.TRAIN, settings);
    ImageDataset test = open(Part.TEST, settings);
    SurveyText.print(training.survey(), spec.commandLine().getErr());
    SurveyText.print(test.survey(), spec.commandLine().getErr());
    TrainableClasses.require(training.classSizes(), settings.get(TrainingConfig.LOSS));
    if (Collections.disjoint(training.labels(), test.labels())) {
      throw CommandException.usage(
          "%s and %s have no class in common, so that no test image could be classified rightly. Give a dataset whose test part shows the classes of its training part; 'evaluate' measures on others."
              .formatted(training.name(), test.name()));
    }
    OnePassReport results =
        new OnePass(ExperimentOptions.of(settings), settings.given(), progress::println)
            .run(inOrder(training, settings.get(JobConfig.SEED)), test);
    out.print(
        AblationText.format(
            """
            %,d training images in one pass, %,d test images: share classified rightly [95 %%]
              nearest neighbour, raw pixels               %s
              nearest neighbour, quadruplet network       %s
              plain classifier, softmax                   %s
              nearest neighbour, plain classifier's trunk %s
            """,
            results.trainingImages(),
            results.testImages(),
            AblationText.interval(results.rawPixels()),
            AblationText.interval(results.quadruplet()),
            AblationText.interval(results.classifier()),
            AblationText.interval(results.classifierEmbedding())));
    report.write(results);
    return 0;
  }

  private ImageDataset open(Part part, PipelineSettings settings) {
    DatasetArgument argument =
        new DatasetArgument(dataset, DatasetOptions.of(part).within(settings.imageLimits()));
    if (argument.isDrawn()) {
      throw CommandException.usage(
          "'%1$s' has no test part. Give a folder with both parts; ./%1$s is one of that name."
              .formatted(dataset));
    }
    ImageDataset opened = argument.open().toTrainOn();
    if (opened.parts().isEmpty()) {
      throw CommandException.usage(
          "%s is not divided into a training and a test part: each test image would find itself. %s"
              .formatted(
                  dataset,
                  "Give a folder of train/class/image and test/class/image, or a list with a"
                      + " split."));
    }
    return opened;
  }

  /**
   * Class by class is no stream to learn from; IDX files come in an order that their authors drew.
   */
  static ImageDataset inOrder(ImageDataset training, long seed) {
    return training instanceof FileDataset files ? files.shuffled(seed) : training;
  }
}
