package dev.quadstream.cli;

import dev.quadstream.dataset.ConceptSplit;
import dev.quadstream.dataset.IdxDataset;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.evaluation.Bootstrap;
import dev.quadstream.evaluation.ClassDistances;
import dev.quadstream.evaluation.LabeledVectors;
import dev.quadstream.evaluation.ProbeScores;
import dev.quadstream.evaluation.Retrieval;
import dev.quadstream.evaluation.RetrievalReport;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.metric.PairMetric;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.environment.NativeThreads;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.search.ReRanking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate}: how well a model finds the same one again. */
@Command(
    name = "evaluate",
    description = {
      "Measures a model: recall@k, mAP, mAP@R, nearest-neighbour accuracy and class distances, with"
          + " 95 %% intervals, beside raw pixels.",
      "With --dataset each image is looked up among all others; with --gallery and --probes each"
          + " probe is looked up in the gallery. Of a folder of IDX files the gallery is the training"
          + " part, and the probes are the test part."
    })
final class EvaluateCommand implements Callable<Integer> {

  /** Enough for two decimals of mean g; each takes a search for partners. */
  private static final int DISTANCE_ANCHORS = 2_000;

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
          "Measures with the half of the classes that 'train --split-seed N' leaves out. For the"
              + " icons it is the model's seed unless given.")
  private Long splitSeed;

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

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the figures as JSON.")
  private Path report;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    requireOneProtocol();
    if (report != null) {
      OutputFile.requireWritable(report);
    }
    NativeThreads.leaveOpenBlasOne();
    LoadedModel loaded = readModel();
    try (QuadrupletNetwork network = loaded.network()) {
      ImageReading reading = new ImageReading(network.spec().input(), ImageLimits.defaults());
      EvaluationReport measured =
          gallery == null
              ? leaveOneOut(network, loaded.info().version(), reading)
              : galleryAndProbes(network, loaded.info().version(), reading);
      if (!reading.warning().isEmpty()) {
        spec.commandLine().getErr().println(reading.warning());
        spec.commandLine().getErr().flush();
      }
      measured.print(spec.commandLine().getOut());
      if (report != null) {
        OutputFile.write(report, JsonMessages.writeIndented(measured.toJson()));
      }
    }
    return ExitCode.OK;
  }

  private void requireOneProtocol() {
    boolean both = gallery != null && probes != null;
    if ((gallery == null) != (probes == null) || both == dataset.isGiven()) {
      throw CommandException.usage("Give either --dataset, or both --gallery and --probes.");
    }
    if (both && splitSeed != null) {
      throw CommandException.usage("--split-seed divides one --dataset, not gallery and probes.");
    }
    if (reRank < 2) {
      throw CommandException.usage("--re-rank is 2 or more, not %d.".formatted(reRank));
    }
  }

  private LoadedModel readModel() throws IOException {
    if (!Files.isRegularFile(model)) {
      throw CommandException.usage("There is no model file %s.".formatted(model));
    }
    try {
      return ModelFile.read(Files.readAllBytes(model));
    } catch (ModelFormatException e) {
      throw CommandException.failed("%s: %s".formatted(model, e.getMessage()), e);
    }
  }

  private EvaluationReport leaveOneOut(
      QuadrupletNetwork network, long version, ImageReading reading) throws IOException {
    DatasetArgument argument = dataset.dataset(IdxDataset.Part.TEST);
    ImageDataset opened = argument.open();
    Long seed =
        splitSeed == null && argument.isIcons() ? Long.valueOf(network.spec().seed()) : splitSeed;
    Collection<String> classes =
        seed == null ? opened.labels() : ConceptSplit.halves(opened.labels(), seed).heldOut();
    EvaluationSet set = EvaluationSet.read(opened, classes, reading);
    String protocol =
        String.format(
            Locale.ROOT,
            "%s, %s: each of %,d images looked up among the others",
            opened.name(),
            seed == null ? "all classes" : "the held-out half of the classes by seed " + seed,
            set.images().size());
    return report(
        protocol,
        version,
        set.classes(),
        set,
        network,
        reading,
        (retrieval, vectors) -> retrieval.scoreLeaveOneOut(vectors.apply(set)));
  }

  private EvaluationReport galleryAndProbes(
      QuadrupletNetwork network, long version, ImageReading reading) throws IOException {
    ImageDataset galleryImages = new DatasetArgument(gallery, null, IdxDataset.Part.TRAIN).open();
    ImageDataset probeImages = new DatasetArgument(probes, null, IdxDataset.Part.TEST).open();
    EvaluationSet gallerySet = EvaluationSet.read(galleryImages, galleryImages.labels(), reading);
    EvaluationSet probeSet = EvaluationSet.read(probeImages, probeImages.labels(), reading);
    String protocol =
        String.format(
            Locale.ROOT,
            "%,d probes of %s looked up in the gallery %s of %,d images",
            probeSet.images().size(),
            probeImages.name(),
            galleryImages.name(),
            gallerySet.images().size());
    return report(
        protocol,
        version,
        probeSet.classes(),
        gallerySet.and(probeSet),
        network,
        reading,
        (retrieval, vectors) ->
            retrieval.score(vectors.apply(gallerySet), vectors.apply(probeSet)));
  }

  /** Ranks and scores vectors of either kind. */
  private interface Protocol {
    ProbeScores score(Retrieval retrieval, Function<EvaluationSet, LabeledVectors> vectors);
  }

  private EvaluationReport report(
      String description,
      long version,
      long classes,
      EvaluationSet all,
      QuadrupletNetwork network,
      ImageReading reading,
      Protocol protocol) {
    Bootstrap bootstrap = Bootstrap.seeded(network.spec().seed());
    RetrievalReport embeddings =
        protocol.score(Retrieval.byDistance(), set -> set.embeddings(network)).report(bootstrap);
    PairMetric metric = network.metric();
    boolean reRanks = !metric.ordersAsEmbeddings();
    RetrievalReport reRanked =
        reRanks
            ? protocol
                .score(
                    Retrieval.reRanked(new ReRanking(metric, reRank)),
                    set -> set.embeddings(network))
                .report(bootstrap)
            : null;
    ClassDistances learnedDistances =
        reRanks
            ? ClassDistances.sample(
                all.embeddings(network), metric, DISTANCE_ANCHORS, bootstrap, network.spec().seed())
            : null;
    RetrievalReport rawPixels =
        protocol.score(Retrieval.byDistance(), EvaluationSet::rawPixels).report(bootstrap);
    return new EvaluationReport(
        description,
        version,
        classes,
        reading.skipped(),
        embeddings,
        rawPixels,
        reRanked,
        learnedDistances);
  }
}
