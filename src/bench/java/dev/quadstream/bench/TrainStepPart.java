package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The training step against PyTorch's, embedding each image once and with four branches, and the
 * share of the arithmetic rate of a large matrix product that it reaches.
 */
final class TrainStepPart implements Measuring {

  private static final int CHECKED_STEPS = 20;
  private static final double TOLERANCE = 1e-4;
  private static final int MATRIX_ROWS = 2048;
  private static final int PAIRS_OF_A_QUADRUPLET = 3;

  private record Setting(TrunkKind trunk, int images, int threads) {

    @Override
    public String toString() {
      return "%s, M = %d, %d thread%s"
          .formatted(trunk.optionName(), images, threads, threads == 1 ? "" : "s");
    }

    double operations() {
      return NetworkLayers.of(Workload.specOf(trunk))
          .trainStepOperations(images, PAIRS_OF_A_QUADRUPLET * images);
    }
  }

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    List<Map<String, Object>> products = new ArrayList<>();
    List<Map<String, Object>> steps = new ArrayList<>();
    measure(bench, bench.threads(), products, steps);
    if (bench.threads() > 1) {
      measure(bench, 1, products, steps);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    // The first setting is that of small, M = 32, with all threads.
    for (String ratio :
        List.of("vsPyTorchEmbedOnce", "vsPyTorchFourBranch", "shareOfMatrixProduct")) {
      json.put(ratio, steps.get(0).get(ratio));
    }
    json.put("settings", steps);
    json.put("matrixProducts", products);
    report.put("trainStep", json);
  }

  private static void measure(
      Bench bench,
      int threads,
      List<Map<String, Object>> products,
      List<Map<String, Object>> steps) {
    bench.heading("Matrix product, GFLOP/s", "Quadstream", "PyTorch");
    double operations = 2.0 * MATRIX_ROWS * MATRIX_ROWS * MATRIX_ROWS;
    List<Timing> product =
        bench.sideBySide(
            new SubjectSpec(Work.MATRIX_PRODUCT, null, MATRIX_ROWS),
            threads,
            Engine.QUADSTREAM,
            Engine.PYTORCH);
    double ours = gigaflops(product.get(0), operations);
    double theirs = gigaflops(product.get(1), operations);
    bench.row(
        "%d×%d, %d thread%s".formatted(MATRIX_ROWS, MATRIX_ROWS, threads, threads == 1 ? "" : "s"),
        ours,
        theirs);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("threads", threads);
    json.put("rows", MATRIX_ROWS);
    json.put("quadstreamGigaflops", ours);
    json.put("pyTorchGigaflops", theirs);
    products.add(json);
    bench.heading(
        "Train step, ms",
        "Quadstream",
        "PyTorch once",
        "four-branch",
        "÷ once",
        "÷ four",
        "of product",
        "PyTorch's");
    for (Setting setting : settings(threads, threads == bench.threads(), bench.quick())) {
      steps.add(measure(bench, setting, ours, theirs));
    }
  }

  private static List<Setting> settings(int threads, boolean all, boolean quick) {
    List<Setting> settings = new ArrayList<>();
    settings.add(new Setting(TrunkKind.SMALL, 32, threads));
    if (all || !quick) {
      settings.add(new Setting(TrunkKind.SMALL, 128, threads));
    }
    if (all) {
      settings.add(new Setting(TrunkKind.MEDIUM, 32, threads));
    }
    if (all && !quick) {
      settings.add(new Setting(TrunkKind.MEDIUM, 128, threads));
    }
    return settings;
  }

  private static Map<String, Object> measure(
      Bench bench, Setting setting, double ourProduct, double theirProduct) {
    SubjectSpec once = new SubjectSpec(Work.TRAIN_STEP, setting.trunk(), setting.images());
    SubjectSpec four =
        new SubjectSpec(Work.TRAIN_STEP_FOUR_BRANCH, setting.trunk(), setting.images());
    List<Contestant> contestants =
        List.of(
            bench.contestant(Engine.QUADSTREAM, setting.threads(), once),
            bench.contestant(Engine.PYTORCH, setting.threads(), once),
            bench.contestant(Engine.PYTORCH, setting.threads(), four));
    double difference = requireSameLosses(setting, contestants);
    List<Timing> timings = bench.rounds().measure(contestants).stream().map(Timing::of).toList();
    contestants.forEach(Contestant::release);
    double ours = timings.get(0).medianMillis();
    double vsOnce = timings.get(1).medianMillis() / ours;
    double vsFour = timings.get(2).medianMillis() / ours;
    double share = gigaflops(timings.get(0), setting.operations()) / ourProduct;
    double theirShare = gigaflops(timings.get(1), setting.operations()) / theirProduct;
    bench.row(
        setting.toString(),
        ours,
        timings.get(1).medianMillis(),
        timings.get(2).medianMillis(),
        vsOnce,
        vsFour,
        share,
        theirShare);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("trunk", setting.trunk().optionName());
    json.put("images", setting.images());
    json.put("quadruplets", setting.images());
    json.put("threads", setting.threads());
    json.put("vsPyTorchEmbedOnce", vsOnce);
    json.put("vsPyTorchFourBranch", vsFour);
    json.put("shareOfMatrixProduct", share);
    json.put("pyTorchShareOfMatrixProduct", theirShare);
    json.put("operations", setting.operations());
    json.put("quadstream", timings.get(0));
    json.put("pyTorchEmbedOnce", timings.get(1));
    json.put("pyTorchFourBranch", timings.get(2));
    json.put("largestLossDifference", difference);
    return json;
  }

  private static double gigaflops(Timing timing, double operations) {
    return timing.perSecond(operations) / 1e9;
  }

  /** The largest relative difference of two losses of one step. */
  private static double requireSameLosses(Setting setting, List<Contestant> contestants) {
    double[] expected = contestants.get(0).run(CHECKED_STEPS).results();
    double largest = 0;
    for (Contestant other : contestants.subList(1, contestants.size())) {
      double[] losses = other.run(CHECKED_STEPS).results();
      for (int step = 0; step < CHECKED_STEPS; step++) {
        double difference = Math.abs(losses[step] / expected[step] - 1);
        largest = Math.max(largest, difference);
        // Written so that NaN fails too.
        if (!(difference <= TOLERANCE)) {
          throw new BenchException(
              "The two sides do not do the same: at step %d of %s the loss is %s here and %s in PyTorch (%s)."
                  .formatted(
                      step + 1, setting, expected[step], losses[step], other.subject().work()));
        }
      }
    }
    return largest;
  }
}
