package dev.quadstream.experiment;

import dev.quadstream.evaluation.CrossedBootstrap;
import dev.quadstream.evaluation.Interval;
import dev.quadstream.experiment.SeenClasses.Age;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Turns the measurements of all runs into rows and answers, each with its interval. */
final class AblationSummary {

  private static final int RESAMPLES = 2_000;
  private static final long SEED = 1;

  private final TrialSource trials;
  private final AblationPlan plan;
  private final CrossedBootstrap bootstrap = new CrossedBootstrap(RESAMPLES, SEED);

  AblationSummary(TrialSource trials, AblationPlan plan) {
    this.trials = trials;
    this.plan = plan;
  }

  /**
   * The report.
   *
   * @param runs each row's measurements in the order of the seeds
   * @param ages when each seed's stream showed its classes; empty where that is not asked for
   * @param diverged why rows are not among them, by name
   */
  AblationReport of(
      Map<String, List<Measurement>> runs,
      List<Map<String, Age>> ages,
      SortedMap<String, String> diverged) {
    RecallByAge remembering = new RecallByAge(bootstrap, ages);
    List<AblationReport.Row> rows = new ArrayList<>();
    List<Measurement> rawPixels = runs.get(Ablation.RAW_PIXELS);
    rows.add(row(Ablation.RAW_PIXELS, "nearest by pixels, without a network", null, rawPixels));
    rows.add(
        row(
            Ablation.UNTRAINED,
            "the network before its first step",
            null,
            runs.get(Ablation.UNTRAINED)));
    for (Variant variant : plan.variants()) {
      rows.add(
          row(variant.name(), variant.description(), variant.options(), runs.get(variant.name())));
    }
    return new AblationReport(
        new AblationReport.Setting(
            trials.name(),
            trials.protocol(),
            trials.on(),
            plan.size().images(),
            plan.size().seeds(),
            plan.size().warmUpWindows(),
            new TreeMap<>(plan.common()),
            mean(rawPixels, measurement -> measurement.found().size()),
            mean(rawPixels, Measurement::probes)),
        rows,
        Question.of(plan.variants()).stream()
            .filter(asked -> runs.containsKey(asked.first()) && runs.containsKey(asked.second()))
            .map(asked -> answer(asked, runs))
            .toList(),
        ages.isEmpty()
            ? List.of()
            : runs.entrySet().stream()
                .flatMap(row -> remembering.of(row.getKey(), row.getValue()).stream())
                .toList(),
        diverged);
  }

  private AblationReport.Row row(
      String name, String description, Map<String, String> options, List<Measurement> runs) {
    Interval recall = bootstrap.mean(runs.stream().map(Measurement::found).toList());
    boolean reRanked = runs.get(0).foundReRanked() != null;
    double intra = mean(runs, measurement -> measurement.distances().intra().value());
    double inter = mean(runs, measurement -> measurement.distances().inter().value());
    return new AblationReport.Row(
        name,
        description,
        options,
        new AblationReport.Recall(
            recall.value(),
            recall.low(),
            recall.high(),
            runs.stream().map(Measurement::recallAt1).toList(),
            reRanked
                ? bootstrap.mean(runs.stream().map(Measurement::foundReRanked).toList())
                : null,
            reRanked
                ? bootstrap.mean(
                    runs.stream()
                        .map(run -> Measurement.difference(run.foundReRanked(), run.found()))
                        .toList())
                : null),
        new AblationReport.Distances(intra, inter, intra / inter));
  }

  private AblationReport.Difference answer(Question asked, Map<String, List<Measurement>> runs) {
    List<Measurement> first = runs.get(asked.first());
    List<Measurement> second = runs.get(asked.second());
    Interval difference =
        bootstrap.mean(
            IntStream.range(0, first.size())
                .mapToObj(
                    run -> Measurement.difference(first.get(run).found(), second.get(run).found()))
                .toList());
    return new AblationReport.Difference(
        asked.text(),
        asked.first(),
        asked.second(),
        difference.value(),
        difference.low(),
        difference.high());
  }

  private static double mean(List<Measurement> runs, ToDoubleFunction<Measurement> value) {
    return runs.stream().mapToDouble(value).average().orElseThrow();
  }
}
