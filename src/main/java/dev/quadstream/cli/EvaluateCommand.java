package dev.quadstream.cli;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.DatasetSurvey;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.dataset.Part;
import dev.quadstream.evaluation.DistanceHistogram;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.search.ReRanking;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: how well a model finds the same one again. */
@Command(
    name = "evaluate",
    footer = {"%nFor example:", "  quadstream evaluate --model model.qsm --dataset photos/"},
    description = {
      "Measures a model: recall@k, mAP, mAP@R, nearest-neighbour accuracy and class distances, with"
          + " 95 %% intervals, beside raw pixels.",
      "With --dataset each image is looked up among all others; with --gallery and --probes each"
          + " probe is looked up in the gallery. A re-identification set is measured as its authors"
          + " do: its queries in its gallery. Of other sets with parts the gallery is the training"
          + " part, and the probes are the test part."
    })
final class EvaluateCommand implements Callable<Integer> {

  /** How figures are printed; named as they are typed. */
  enum Format {
    table,
    csv
  }

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model file, of 'train' or the registry.")
  private Path model;

  @Mixin private DatasetArguments dataset;

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      description =
          "Measures with classes that 'train --split-seed N' leaves out, those of --on. For icons"
              + " and emoji it is the model's seed unless given.")
  private Long splitSeed;

  @Option(
      names = "--on",
      paramLabel = "PART",
      description =
          "Of the classes that are left out: 'validation', a quarter of all, to choose options by;"
              + " 'test', another quarter, for the figures once all is chosen; 'both'. Default:"
              + " validation.")
  private HeldOutPart on;

  @Option(names = "--gallery", paramLabel = "DATASET", description = "What to look up in.")
  private String gallery;

  @Option(names = "--probes", paramLabel = "DATASET", description = "What to look up.")
  private String probes;

  @Option(
      names = "--re-rank",
      paramLabel = "N",
      defaultValue = "" + ReRanking.DEFAULT_NEAREST,
      description =
          "Of a learned metric: the nearest that g reorders, 2 or more. Default: ${DEFAULT-VALUE}.")
  private int reRank;

  @Option(
      names = "--k-reciprocal",
      description =
          "Ranks also by k-reciprocal encodings of all images (Zhong et al., CVPR 2017), which"
              + " takes time with the square of their number.")
  private boolean kReciprocal;

  @Option(
      names = "--single-shot",
      paramLabel = "TRIALS",
      description =
          "Also the cumulative match characteristic: in each trial one image of every class, drawn"
              + " at random, is the gallery and all others are looked up. The authors of CUHK03"
              + " take 20.")
  private Integer trials;

  @Option(
      names = "--open-set",
      paramLabel = "TRIALS",
      description =
          "Also how well new classes are told from known ones: in each trial half of the classes,"
              + " drawn at random, is enrolled.")
  private Integer openSetTrials;

  @Option(
      names = "--histogram",
      description =
          "Also how g is spread over pairs of one class and of two (Fig. 5 of the paper): of what"
              + " is measured with, and where classes are left out of the training, of those that"
              + " were not.")
  private boolean histogram;

  @Option(
      names = "--leave-out-shared",
      description = "Leaves out probes that are in the gallery too, byte for byte.")
  private boolean leaveOutShared;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "How the figures are printed: ${COMPLETION-CANDIDATES}. Default: table.")
  private Format format;

  @Mixin private ReportArgument report;

  @Mixin private BackboneArgument backbone;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    requireOneProtocol();
    report.requireWritable();
    PipelineSettings settings = configuration.settings(backbone);
    LoadedModel loaded = ModelArgument.read(model, ModelArgument.bytes(model));
    try (QuadrupletNetwork network = loaded.network()) {
      ImageLimits limits = settings.imageLimits();
      ImageReading reading = new ImageReading(settings.imageDecoder(network.spec().input()));
      Comparison compared = comparison(network, reading, limits);
      EvaluationReport measured =
          measure(compared, network, loaded.info().version(), reading.skipped());
      if (!reading.warning().isEmpty()) {
        spec.commandLine().getErr().println(reading.warning());
      }
      if (format == Format.csv) {
        measured.printCsv(spec.commandLine().getOut());
      } else {
        measured.print(spec.commandLine().getOut());
      }
      report.write(measured.toJson());
    }
    return ExitCode.OK;
  }

  /**
   * What is compared with what.
   *
   * @param description for people
   * @param classes of the probes
   * @param all images
   * @param spread the images whose spread of g is asked for, by the name of their classes
   * @param sharedProbes probes that are in the gallery, too
   * @param protocol how
   */
  private record Comparison(
      String description,
      long classes,
      EvaluationSet all,
      Map<String, EvaluationSet> spread,
      int sharedProbes,
      Evaluation.Protocol protocol) {}

  private void requireOneProtocol() {
    boolean both = gallery != null && probes != null;
    if ((gallery == null) != (probes == null) || both == dataset.isGiven()) {
      throw CommandException.usage("Give either --dataset, or both --gallery and --probes.");
    }
    if (both && splitSeed != null) {
      throw CommandException.usage("--split-seed divides one --dataset, not gallery and probes.");
    }
    if (both && on != null) {
      throw CommandException.usage("--on is a part of one --dataset, not of gallery and probes.");
    }
    if (reRank < 2) {
      throw CommandException.usage("--re-rank is 2 or more, not %d.".formatted(reRank));
    }
    if (openSetTrials != null && openSetTrials < 1) {
      throw CommandException.usage(
          "--open-set is 1 trial or more, not %d.".formatted(openSetTrials));
    }
    if (trials != null && trials < 1) {
      throw CommandException.usage("--single-shot is 1 trial or more, not %d.".formatted(trials));
    }
  }

  private Comparison comparison(QuadrupletNetwork network, ImageReading reading, ImageLimits limits)
      throws IOException {
    if (gallery != null) {
      return galleryAndProbes(
          dataset.side(gallery, probes, Part.GALLERY, limits),
          dataset.side(probes, gallery, Part.QUERY, limits),
          network,
          reading);
    }
    DatasetArgument argument = dataset.dataset(Part.TEST, limits);
    if (on != null && splitSeed == null && !argument.isDrawn()) {
      throw CommandException.usage(
          "--on %s is a part of the classes that --split-seed N leaves out: give the seed, too."
              .formatted(on.text()));
    }
    ImageDataset opened = argument.open();
    boolean asItsAuthorsDo =
        opened.parts().containsAll(Set.of(Part.QUERY, Part.GALLERY))
            && !dataset.namesPart()
            && splitSeed == null
            && on == null;
    return asItsAuthorsDo
        ? galleryAndProbes(argument.with(Part.GALLERY), argument.with(Part.QUERY), network, reading)
        : leaveOneOut(argument, opened, network, reading);
  }

  private Comparison leaveOneOut(
      DatasetArgument argument, ImageDataset given, QuadrupletNetwork network, ImageReading reading)
      throws IOException {
    if (leaveOutShared) {
      throw CommandException.usage(
          "--leave-out-shared goes with a gallery and probes, and each image of %s is looked up among the others. Leave it out."
              .formatted(given.name()));
    }
    ImageDataset opened = given.toTrainOn();
    DatasetSurvey survey = opened.survey();
    SurveyText.print(survey, spec.commandLine().getErr());
    Long seed =
        splitSeed == null && argument.isDrawn() ? Long.valueOf(network.spec().seed()) : splitSeed;
    HeldOutPart part = on == null ? HeldOutPart.VALIDATION : on;
    ConceptSplit split = seed == null ? null : argument.split(opened, seed);
    Collection<String> classes = split == null ? opened.labels() : heldOut(split, seed, part);
    Collection<String> trained = histogram && split != null ? split.streamed() : List.of();
    EvaluationMemory.require(
        EvaluationMemory.images(survey, classes) + EvaluationMemory.images(survey, trained),
        network.spec(),
        Runtime.getRuntime().maxMemory());
    EvaluationSet set = read(opened, classes, reading, network);
    Map<String, EvaluationSet> spread = new LinkedHashMap<>();
    spread.put(seed == null ? "all" : part.text(), set);
    if (!trained.isEmpty()) {
      spread.put("train", read(opened, trained, reading, network));
    }
    String protocol =
        String.format(
            Locale.ROOT,
            "%s, %s: each of %,d images looked up among the others%s",
            opened.name(),
            seed == null
                ? "all classes"
                : "the %s of the classes by seed %d".formatted(part.description(), seed),
            set.size(),
            otherCamerasAlone(set));
    return new Comparison(
        protocol,
        set.classes(),
        set,
        spread,
        0,
        (retrieval, vectors) -> retrieval.scoreLeaveOneOut(vectors.apply(set)));
  }

  private static List<String> heldOut(ConceptSplit split, long seed, HeldOutPart part) {
    List<String> classes = split.heldOut(part);
    int all = split.streamed().size() + split.heldOut(HeldOutPart.BOTH).size();
    if (classes.size() < 2) {
      throw CommandException.usage(
          "Of %d classes the %s by seed %d has %d, and it takes 2 to mistake one for another.%s"
              .formatted(
                  all,
                  part.description(),
                  seed,
                  classes.size(),
                  part == HeldOutPart.BOTH
                      ? ""
                      : " --on both measures with all that is held out."));
    }
    return classes;
  }

  private Comparison galleryAndProbes(
      DatasetArgument galleryArgument,
      DatasetArgument probesArgument,
      QuadrupletNetwork network,
      ImageReading reading)
      throws IOException {
    ImageDataset galleryImages = galleryArgument.open();
    ImageDataset probeImages = probesArgument.open().toTrainOn();
    SurveyText.print(galleryImages.survey(), spec.commandLine().getErr());
    SurveyText.print(probeImages.survey(), spec.commandLine().getErr());
    EvaluationMemory.require(
        galleryImages.size() + probeImages.size(),
        network.spec(),
        Runtime.getRuntime().maxMemory());
    EvaluationSet gallerySet = read(galleryImages, galleryImages.labels(), reading, network);
    EvaluationSet allProbes = read(probeImages, probeImages.labels(), reading, network);
    Map<EvaluationImage, EvaluationImage> shared = gallerySet.sharedWith(allProbes);
    EvaluationSet probeSet =
        leaveOutShared ? allProbes.only(probe -> !shared.containsKey(probe)) : allProbes;
    sayShared(shared, allProbes.size());
    String protocol =
        String.format(
            Locale.ROOT,
            "%,d probes of %s looked up in the gallery %s of %,d images%s%s",
            probeSet.size(),
            probeImages.name(),
            galleryImages.name(),
            gallerySet.size(),
            gallerySet.distractors() == 0
                ? ""
                : ", %d of them distractors".formatted(gallerySet.distractors()),
            otherCamerasAlone(gallerySet));
    return new Comparison(
        protocol,
        probeSet.classes(),
        gallerySet.and(probeSet),
        Map.of("all", gallerySet.and(probeSet)),
        shared.size(),
        (retrieval, vectors) ->
            retrieval.score(vectors.apply(gallerySet), vectors.apply(probeSet)));
  }

  private static EvaluationSet read(
      ImageDataset dataset,
      Collection<String> classes,
      ImageReading reading,
      QuadrupletNetwork network)
      throws IOException {
    EvaluationSet set = EvaluationSet.read(dataset, classes, reading, network);
    if (set.size() == 0) {
      throw CommandException.failed(
          "No image of %s could be read: there is nothing to measure. %s"
              .formatted(dataset.name(), reading.warning()),
          null);
    }
    return set;
  }

  private void sayShared(Map<EvaluationImage, EvaluationImage> shared, int probeCount) {
    if (shared.isEmpty()) {
      return;
    }
    Map.Entry<EvaluationImage, EvaluationImage> first = shared.entrySet().iterator().next();
    String found =
        String.format(
            Locale.ROOT,
            "%,d of the %,d probes are in the gallery too, byte for byte: %s is %s.",
            shared.size(),
            probeCount,
            Headers.printable(first.getKey().id()),
            Headers.printable(first.getValue().id()));
    if (leaveOutShared && shared.size() == probeCount) {
      throw CommandException.usage(
          found + " Without them there is nothing to look up: give probes of other files.");
    }
    spec.commandLine()
        .getErr()
        .println(
            found
                + (leaveOutShared
                    ? " They are left out."
                    : " Each finds itself, so the figures say little; --leave-out-shared measures"
                        + " without them."));
  }

  private static String otherCamerasAlone(EvaluationSet set) {
    return set.knowsCameras() ? "; images by the probe's own camera do not count" : "";
  }

  private static Map<String, DistanceHistogram> histograms(
      Evaluation evaluation, Map<String, EvaluationSet> spread) {
    Map<String, DistanceHistogram> histograms = new LinkedHashMap<>();
    try {
      spread.forEach((name, set) -> histograms.put(name, evaluation.histogram(set)));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--histogram: " + e.getMessage());
    }
    return histograms;
  }

  private EvaluationReport measure(
      Comparison compared, QuadrupletNetwork network, long version, long skipped) {
    Evaluation evaluation = new Evaluation(network, compared.all(), compared.protocol());
    return new EvaluationReport(
        compared.description(),
        version,
        new EvaluationReport.Counts(compared.classes(), skipped, compared.sharedProbes()),
        evaluation.rankings(reRank, kReciprocal),
        evaluation.learnedDistances(),
        trials == null ? null : evaluation.cumulativeMatch(trials),
        openSetTrials == null ? null : evaluation.openSet(openSetTrials),
        openSetTrials == null ? null : evaluation.pairCalibration(),
        histogram ? histograms(evaluation, compared.spread()) : Map.of());
  }
}
