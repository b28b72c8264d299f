package dev.quadstream.experiment;

import dev.quadstream.dataset.ImageReading;
import dev.quadstream.experiment.SeenClasses.Age;
import dev.quadstream.network.QuadrupletNetwork;
import dev.quadstream.training.TrainingDivergedException;
import dev.quadstream.training.TrainingLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Trains every variant on the same streams and measures each on classes that its stream held out:
 * Table 1 and Fig. 5 of Chen et al., CVPR 2017, on another task.
 *
 * <p>A seed decides the split of the classes, the stream, the initial weights and every draw, so
 * all rows of a seed see the same images and are asked the same probes.
 */
public final class Ablation {

  static final String RAW_PIXELS = "raw-pixels";
  static final String UNTRAINED = "untrained";

  /** Keys of the options that every run sets. */
  public static final Set<String> OWN = Set.of(OptionKeys.SEED, OptionKeys.WARM_UP_WINDOWS);

  private final AblationPlan plan;
  private final PipelineOptions.Reader options;
  private final TrialSource trials;
  private final FinishedRuns finished;
  private final int parallel;
  private final Consumer<String> progress;

  /**
   * Nothing runs yet.
   *
   * @param options makes options of keys and values
   * @param trials what to train and measure on
   * @param finished where results are kept and looked up; null for nowhere
   * @param parallel rows trained at the same time, each in a thread of its own
   * @param progress told a line after each run
   */
  public Ablation(
      AblationPlan plan,
      PipelineOptions.Reader options,
      TrialSource trials,
      FinishedRuns finished,
      int parallel,
      Consumer<String> progress) {
    this.plan = plan;
    this.options = options;
    this.trials = trials;
    this.finished = finished;
    this.parallel = parallel;
    this.progress = progress;
  }

  /**
   * Runs all of it: some minutes a row and seed at the full plan.size().
   *
   * @throws IOException if images cannot be read
   */
  public AblationReport run() throws IOException {
    Map<String, List<Measurement>> runs = new LinkedHashMap<>();
    runs.put(RAW_PIXELS, new ArrayList<>());
    runs.put(UNTRAINED, new ArrayList<>());
    plan.variants().forEach(variant -> runs.put(variant.name(), new ArrayList<>()));
    List<Map<String, Age>> ages = new ArrayList<>();
    SortedMap<String, String> diverged = new TreeMap<>();
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      for (long seed = 1; seed <= plan.size().seeds(); seed++) {
        ImageReading reading = options.read(values(Map.of(), seed)).reading();
        Trial trial = trials.trial(plan.size().images(), seed, reading);
        String digest = trial.digest();
        SeenClasses seen = plan.forgetting() ? seen(trial, seed, reading) : null;
        if (seen != null) {
          ages.add(seen.ages());
        }
        Measurement byPixels = trial.heldOut().ofRawPixels();
        runs.get(RAW_PIXELS)
            .add(seen == null ? byPixels : byPixels.seeing(seen.images().foundByPixels()));
        runs.get(UNTRAINED).add(untrained(seed, trial.heldOut(), seen));
        Map<String, Future<Measurement>> rows = new LinkedHashMap<>();
        for (Variant variant : plan.without(diverged.keySet()).variants()) {
          Run run =
              new Run(
                  trials.name(),
                  trials.on(),
                  plan.size().images(),
                  digest,
                  variant.name(),
                  seed,
                  values(variant.options(), seed));
          rows.put(variant.name(), threads.submit(() -> measure(run, trial, seen)));
        }
        for (Map.Entry<String, Future<Measurement>> row : rows.entrySet()) {
          try {
            runs.get(row.getKey()).add(result(row.getValue()));
          } catch (TrainingDivergedException e) {
            // The others are worth having without it.
            diverged.put(row.getKey(), "seed %d: %s".formatted(seed, e.problem()));
            runs.remove(row.getKey());
            progress.accept("%s diverged, %s".formatted(row.getKey(), diverged.get(row.getKey())));
          }
        }
      }
    } finally {
      threads.shutdownNow();
    }
    return new AblationSummary(trials, plan.without(diverged.keySet())).of(runs, ages, diverged);
  }

  private SeenClasses seen(Trial trial, long seed, ImageReading reading) throws IOException {
    Map<String, Age> ages = SeenClasses.ages(trial.stream());
    return new SeenClasses(trials.ofStreamed(ages.keySet(), seed, reading), ages);
  }

  private Measurement measure(Run run, Trial trial, SeenClasses seen) {
    if (finished != null) {
      Measurement before = finished.find(run).orElse(null);
      if (before != null && seen != null && before.seen() == null) {
        throw new IllegalStateException(
            "The finished run of row %s, seed %d, was measured without the stream's own classes. Give another directory, or remove its file."
                .formatted(run.row(), run.seed()));
      }
      if (before != null) {
        return before;
      }
    }
    long start = System.nanoTime();
    Measurement measurement = train(run, trial, seen);
    if (finished != null) {
      finished.keep(run, measurement);
    }
    progress.accept(
        String.format(
            Locale.ROOT,
            "seed %d of %d, %s: recall@1 %.3f after %,d images in %.0f s",
            run.seed(),
            plan.size().seeds(),
            run.row(),
            measurement.recallAt1(),
            run.images(),
            (System.nanoTime() - start) / 1e9));
    return measurement;
  }

  private Measurement train(Run run, Trial trial, SeenClasses seen) {
    try (TrainingLoop loop = new TrainingLoop(options.read(run.options()).loop())) {
      trial.stream().forEach(loop::accept);
      loop.finish();
      loop.requireLearned();
      return measured(loop.network(), trial.heldOut(), seen);
    }
  }

  private Measurement untrained(long seed, HeldOutImages heldOut, SeenClasses seen) {
    // The trunk's first weights do not depend on the metric; the Euclidean one has no others.
    Map<String, String> euclidean = Map.of(OptionKeys.METRIC, "EUCLIDEAN");
    try (QuadrupletNetwork network =
        QuadrupletNetwork.create(options.read(values(euclidean, seed)).loop().network())) {
      return measured(network, heldOut, seen);
    }
  }

  private static Measurement measured(
      QuadrupletNetwork network, HeldOutImages heldOut, SeenClasses seen) {
    Measurement measurement = heldOut.of(network);
    return seen == null ? measurement : measurement.seeing(seen.images().foundBy(network));
  }

  private Map<String, String> values(Map<String, String> own, long seed) {
    Map<String, String> values = new LinkedHashMap<>(plan.common());
    values.putAll(own);
    values.put(OptionKeys.SEED, Long.toString(seed));
    values.put(OptionKeys.WARM_UP_WINDOWS, Integer.toString(plan.size().warmUpWindows()));
    return values;
  }

  private static Measurement result(Future<Measurement> row) {
    try {
      return row.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted; finished runs are kept with --runs.", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
