package dev.quadstream.cli;

import dev.quadstream.dataset.EncodedImage;
import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.ImageReading;
import dev.quadstream.dataset.Part;
import dev.quadstream.evaluation.Compatibility;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ModelRegistry;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code registry compatibility}: what vectors of several models of a run are worth together. */
@Command(
    name = "compatibility",
    footer = {"%nFor example:", "  quadstream registry compatibility --dataset icons"},
    description = {
      "Measures how far vectors by different models of the newest run compare: recall@1 of each"
          + " image among all others, probes by one model and gallery by another.",
      "Icons, emoji and --split-seed measure with the classes that are not trained on."
    })
final class CompatibilityCommand implements Callable<Integer> {

  private static final int MIN_MODELS = 2;

  @Option(
      names = "--models",
      paramLabel = "N",
      defaultValue = "6",
      description = "So many of the run's models, evenly over it. Default: ${DEFAULT-VALUE}.")
  private int models;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "2000",
      description = "At most so many images, drawn at random. Default: ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--split-seed",
      paramLabel = "N",
      description =
          "Measures with the half of the classes that a stream by this seed leaves out, validation"
              + " and test.")
  private Long splitSeed;

  @Mixin private DatasetArguments dataset;

  @Mixin private ConfigurationArguments configuration;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (models < MIN_MODELS || images < MIN_MODELS) {
      throw CommandException.usage(
          "--models and --images are %d or more, not %d and %d."
              .formatted(MIN_MODELS, models, images));
    }
    PipelineSettings settings = configuration.settings();
    ModelRegistry registry = new ModelRegistry(settings.registryDirectory());
    List<ModelManifest> chosen = chosen(registry, settings);
    List<float[][]> vectors = new ArrayList<>();
    EvaluationSet set = null;
    for (ModelManifest manifest : chosen) {
      LoadedModel loaded = read(registry, manifest);
      try (QuadrupletNetwork network = loaded.network()) {
        set = set == null ? read(settings, network) : set;
        vectors.add(network.embed(set.contents()));
      }
    }
    List<String> labels = set.entries().stream().map(EvaluationImage::label).toList();
    print(chosen, new Compatibility(vectors, labels), labels.size());
    return ExitCode.OK;
  }

  private List<ModelManifest> chosen(ModelRegistry registry, PipelineSettings settings) {
    List<ModelManifest> all = registry.list(settings.get(NetworkConfig.NAME));
    String run = all.isEmpty() ? null : all.get(all.size() - 1).identity().run();
    List<ModelManifest> ofRun =
        all.stream().filter(manifest -> manifest.identity().run().equals(run)).toList();
    if (ofRun.size() < models) {
      throw CommandException.failed(
          "The newest run of network %s has %d models in the registry %s, not %d: let it keep more with registry.keep."
              .formatted(
                  settings.get(NetworkConfig.NAME),
                  ofRun.size(),
                  settings.registryDirectory(),
                  models),
          null);
    }
    return IntStream.rangeClosed(1, models)
        .mapToObj(i -> ofRun.get((int) ((long) ofRun.size() * i / models) - 1))
        .toList();
  }

  private static LoadedModel read(ModelRegistry registry, ModelManifest manifest) {
    try {
      return registry.load(manifest, ModelFile::parameters).loadToEmbed();
    } catch (ModelFormatException e) {
      throw CommandException.failed("%s: %s".formatted(manifest.file().path(), e.getMessage()), e);
    }
  }

  private EvaluationSet read(PipelineSettings settings, QuadrupletNetwork network)
      throws IOException {
    DatasetArgument argument = dataset.dataset(Part.TEST, settings.imageLimits());
    ImageDataset opened = argument.open().toTrainOn();
    Long seed =
        splitSeed == null && argument.isDrawn() ? Long.valueOf(network.spec().seed()) : splitSeed;
    Collection<String> classes =
        seed == null ? opened.labels() : argument.split(opened, seed).heldOut(HeldOutPart.BOTH);
    ImageReading reading = new ImageReading(settings.imageDecoder(network.spec().input()));
    EvaluationMemory.requireToEmbed(
        Math.min(images, opened.size()), network.spec(), Runtime.getRuntime().maxMemory());
    List<EvaluationImage> drawn;
    try (Stream<EncodedImage> stream =
        opened.draw(Set.copyOf(classes)::contains, images, network.spec().seed())) {
      drawn = new ArrayList<>(EvaluationSet.read(stream, reading, network).entries());
    }
    if (!reading.warning().isEmpty()) {
      spec.commandLine().getErr().println(reading.warning());
    }
    if (drawn.size() < MIN_MODELS) {
      throw CommandException.failed(
          "Of %,d images drawn of %s only %,d can be read, and it takes %d to look one up: draw more with --images."
              .formatted(reading.skipped() + drawn.size(), opened.name(), drawn.size(), MIN_MODELS),
          null);
    }
    Collections.shuffle(drawn, new Random(network.spec().seed()));
    return new EvaluationSet(drawn);
  }

  private void print(List<ModelManifest> chosen, Compatibility compatibility, int count) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "Run %s, %,d images: recall@1, probes by the row's version, gallery by the column's%n",
        chosen.get(0).identity().run(),
        count);
    out.printf("%9s", "");
    chosen.forEach(model -> out.printf("%9s", "v" + model.identity().version()));
    out.println();
    double[][] matrix = compatibility.matrix();
    for (int row = 0; row < matrix.length; row++) {
      out.printf("%9s", "v" + chosen.get(row).identity().version());
      for (double recall : matrix[row]) {
        out.printf(Locale.ROOT, "%9.3f", recall);
      }
      out.println();
    }
    int newest = chosen.size() - 1;
    int half = (chosen.size() - 1) / 2;
    double fresh = matrix[newest][newest];
    out.printf(
        Locale.ROOT,
        "Gallery mixed over all of them: %.3f, %.3f of fresh%n",
        compatibility.mixed(0),
        compatibility.mixed(0) / fresh);
    double[] mapped = compatibility.mapped(half);
    out.printf(
        Locale.ROOT,
        "Gallery mapped from v%d to v%d: %.3f, %.3f of fresh%n",
        chosen.get(half).identity().version(),
        chosen.get(newest).identity().version(),
        mapped[0],
        mapped[0] / mapped[1]);
    out.printf(
        Locale.ROOT,
        "Served by v%d instead of v%d: %.3f instead of %.3f%n",
        chosen.get(half).identity().version(),
        chosen.get(newest).identity().version(),
        matrix[half][half],
        fresh);
  }
}
