package dev.quadstream.cli;

import dev.quadstream.dataset.HeldOutPart;
import dev.quadstream.dataset.ImageDataset;
import dev.quadstream.dataset.Part;
import dev.quadstream.dataset.files.DatasetOptions;
import dev.quadstream.experiment.Ablation;
import dev.quadstream.experiment.AblationPage;
import dev.quadstream.experiment.AblationPlan;
import dev.quadstream.experiment.AblationReport;
import dev.quadstream.experiment.AblationSize;
import dev.quadstream.experiment.AblationTable;
import dev.quadstream.experiment.DatasetTrials;
import dev.quadstream.experiment.FinishedRuns;
import dev.quadstream.experiment.IconTrials;
import dev.quadstream.experiment.TrialSource;
import dev.quadstream.experiment.Variant;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.network.MetricKind;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.Preset;
import dev.quadstream.stream.options.TrainingConfig;
import dev.quadstream.training.LoopOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadstream ablation}. */
@Command(
    name = "ablation",
    footer = {"%nFor example:", "  quadstream ablation --quick"},
    description =
        "Trains the triplet and quadruplet losses side by side on the same streams, and measures"
            + " what each part is worth.")
public final class AblationCommand implements Callable<Integer> {

  private static final AblationSize FULL = new AblationSize(100_000, 5, 30);
  private static final String OF_IMAGES = "image.";
  private static final Path DEFAULT_DOCS = Path.of("docs");

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "Images streamed to each network (default: 100000, with --quick 3000).")
  private Integer images;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs of each row, with seeds 1 to N (default: 5, with --quick 4).")
  private Integer seeds;

  @Option(
      names = "--dataset",
      paramLabel = "DATASET",
      description =
          "A folder class/image, a folder of IDX files, 'icons' or 'emoji'. Half of its classes are"
              + " streamed, a part of the other half is measured with. Default: ${DEFAULT-VALUE}.")
  private String dataset = DatasetArgument.ICONS;

  @Option(
      names = "--on",
      paramLabel = "PART",
      defaultValue = "VALIDATION",
      description =
          "What is measured with: 'validation', a quarter of the classes, to choose by; 'test',"
              + " another quarter, for the figures once all is chosen; 'both', where classes are"
              + " few. Default: validation.")
  private HeldOutPart on;

  @Option(
      names = "--rows",
      paramLabel = "ROW",
      split = ",",
      description = "Train these rows only, such as triplet-learned,quadruplet-adaptive.")
  private List<String> rows = List.of();

  @Option(
      names = "--vary",
      paramLabel = "KEY=VALUE[,KEY=VALUE...]",
      description =
          "Also train the whole method with these options, and hold it against the method as it is,"
              + " such as --vary replicas=4; once for each row. Without --rows only these two are"
              + " trained.")
  private List<String> variations = List.of();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set an option in all rows, such as --set network.embedding-size=128.")
  private List<String> overrides = List.of();

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      description = "Keep each finished run here, and do not run again what is there.")
  private Path runs;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Rows trained at the same time. With a row for each core, all of it is done sooner."
              + " Default: ${DEFAULT-VALUE}.")
  private int parallel = 1;

  @Option(
      names = "--forgetting",
      description =
          "Also measure on the classes that were streamed, by how long before the end each came"
              + " last, and first.")
  private boolean forgetting;

  @Option(
      names = "--quick",
      description = "A few minutes instead of hours: directions rather than figures.")
  private boolean quick;

  @Mixin private ReportArgument report;

  @Option(
      names = "--docs",
      paramLabel = "DIR",
      description =
          "Write ablation.md and ablation.json into this directory (default: docs for the whole"
              + " ablation on test classes of the icons as it is, else nowhere).")
  private Path docs;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintStream out = System.out;
    PrintStream progress = System.err;
    ExperimentOptions.refuseVariables(spec);
    AblationSize size = size();
    List<Variant> variants = variants();
    Map<String, String> common = common(variants);
    requireDifferences(variants, common);
    boolean whole = size.images() >= FULL.images() && size.seeds() >= FULL.seeds();
    boolean asItIs =
        whole
            && dataset.equals(DatasetArgument.ICONS)
            && rows.isEmpty()
            && variations.isEmpty()
            && common.isEmpty()
            && on == HeldOutPart.TEST;
    Path directory = docs == null && asItIs ? DEFAULT_DOCS : docs;
    report.requireWritable();
    if (directory != null) {
      OutputFile.requireWritable(directory.resolve(AblationPage.MARKDOWN));
    }
    if (runs != null) {
      OutputFile.requireWritable(runs.resolve("run.json"));
    }
    TrialSource trials = trials(size.seeds(), progress);
    AblationReport results =
        new Ablation(
                new AblationPlan(size, common, variants, forgetting),
                ExperimentOptions::read,
                trials,
                runs == null ? null : new FinishedRuns(runs),
                parallel,
                progress::println)
            .run();
    out.print(AblationTable.of(results));
    report.write(results);
    if (directory != null) {
      AblationPage.write(directory, commandLine(results.setting()), results);
      progress.printf("Wrote %s.%n", directory.resolve(AblationPage.MARKDOWN));
    }
    return 0;
  }

  private TrialSource trials(int ofSeeds, PrintStream warnings) {
    ImageLimits limits = ExperimentOptions.settings(overrides).imageLimits();
    DatasetArgument argument =
        new DatasetArgument(dataset, DatasetOptions.of(Part.TRAIN).within(limits));
    if (argument.isDrawn()) {
      return new IconTrials(argument.catalog(), on);
    }
    ImageDataset training = argument.open().toTrainOn();
    SurveyText.print(training.survey(), spec.commandLine().getErr());
    return new DatasetTrials(
        training, argument.with(Part.TEST).open().toTrainOn(), on, ofSeeds, warnings::println);
  }

  private List<Variant> variants() {
    List<Variant> all = Variant.all();
    List<String> names = all.stream().map(Variant::name).toList();
    for (String row : rows) {
      if (!names.contains(row)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "There is no row '%s'. The rows are %s.".formatted(row, String.join(", ", names)));
      }
    }
    Stream<Variant> usual =
        all.stream()
            .filter(
                variant ->
                    rows.isEmpty()
                        ? variations.isEmpty() || variant.name().equals(Variant.WHOLE)
                        : rows.contains(variant.name()));
    return Stream.concat(usual, variations.stream().map(this::varied).distinct()).toList();
  }

  private Variant varied(String changes) {
    Map<String, String> options = ExperimentOptions.settings(List.of(changes.split(","))).given();
    options.keySet().stream().filter(Ablation.OWN::contains).findFirst().ifPresent(this::refuse);
    ExperimentOptions.refuseStart(options);
    options.keySet().stream()
        .filter(key -> key.startsWith(OF_IMAGES) || key.startsWith(NetworkConfig.BACKBONE.key()))
        .findFirst()
        .ifPresent(
            key -> {
              throw new CommandLine.ParameterException(
                  spec.commandLine(),
                  "--vary %s: images are read once, for all rows. Set '%s' in all with --set, and compare two ablations."
                      .formatted(changes, key));
            });
    if (MetricKind.EARLY.name().equalsIgnoreCase(options.get(NetworkConfig.METRIC.key()))) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--vary %s: the embeddings and g of 'early' are those of 'learned', and what it has beside them is measured by 'evaluate' alone: 'train' one model with it and one without, and evaluate both."
              .formatted(changes));
    }
    return Variant.varied(options);
  }

  /** Before hours of training after which the difference would be 0. */
  private void requireDifferences(List<Variant> variants, Map<String, String> common) {
    List<String> usual = Variant.all().stream().map(Variant::name).toList();
    LoopOptions whole = loop(common, Variant.varied(Map.of()));
    for (Variant variant : variants) {
      if (!usual.contains(variant.name()) && loop(common, variant).equals(whole)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "--vary %s trains the same network as the method as it is: vary what differs from it, and what training heeds."
                .formatted(variant.name()));
      }
    }
  }

  private static LoopOptions loop(Map<String, String> common, Variant variant) {
    Map<String, String> options = new HashMap<>(common);
    options.putAll(variant.options());
    return ExperimentOptions.read(options).loop();
  }

  /** What is set in all rows, which must leave to each row what it is there for. */
  private Map<String, String> common(List<Variant> variants) {
    Map<String, String> common = ExperimentOptions.settings(overrides).given();
    ExperimentOptions.refuseStart(common);
    for (String key : common.keySet()) {
      if (variants.stream().anyMatch(variant -> sets(variant, key)) || Ablation.OWN.contains(key)) {
        refuse(key);
      }
    }
    return common;
  }

  private void refuse(String key) {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "'%s' is what the ablation itself sets; choose among its rows with --rows, or make one with --vary."
            .formatted(key));
  }

  private static boolean sets(Variant variant, String key) {
    String preset = variant.options().get(TrainingConfig.PRESET.key());
    return variant.options().containsKey(key)
        || (preset != null
            && Preset.valueOf(preset.toUpperCase(Locale.ROOT)).options().containsKey(key));
  }

  private AblationSize size() {
    if (parallel < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--parallel is 1 or more, not %d.".formatted(parallel));
    }
    AblationSize size = quick ? AblationSize.QUICK : FULL;
    try {
      return new AblationSize(
          images == null ? size.images() : images,
          seeds == null ? size.seeds() : seeds,
          size.warmUpWindows());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private String commandLine(AblationReport.Setting setting) {
    return "bin/quadstream ablation %s%s--on %s --images %d --seeds %d"
            .formatted(
                quick ? "--quick " : "",
                dataset.equals(DatasetArgument.ICONS) ? "" : "--dataset %s ".formatted(dataset),
                on.text(),
                setting.images(),
                setting.seeds())
        + (forgetting ? " --forgetting" : "")
        + (rows.isEmpty() ? "" : " --rows " + String.join(",", rows))
        + variations.stream().map(" --vary "::concat).collect(Collectors.joining())
        + overrides.stream().map(" --set "::concat).collect(Collectors.joining());
  }
}
