package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The training step against PyTorch's, embedding once and with four branches. */
final class TrainStepPart implements Measurement {

  private static final int CHECKED_STEPS = 20;
  private static final double TOLERANCE = 1e-4;

  private record Setting(TrunkKind trunk, int images, boolean singleThread) {}

  @Override
  public Map<String, Object> measure(Bench bench) {
    List<Setting> settings = new ArrayList<>();
    for (TrunkKind trunk : List.of(TrunkKind.SMALL, TrunkKind.MEDIUM)) {
      settings.add(new Setting(trunk, 32, false));
      settings.add(new Setting(trunk, 128, false));
    }
    if (bench.threads() > 1) {
      settings.add(new Setting(TrunkKind.SMALL, 32, true));
      settings.add(new Setting(TrunkKind.SMALL, 128, true));
    }
    bench.heading(
        "Train step, ms", "Quadstream", "PyTorch once", "four-branch", "÷ once", "÷ four");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Setting setting : settings) {
      rows.add(measure(bench, setting));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("vsPyTorchEmbedOnce", rows.get(0).get("vsPyTorchEmbedOnce"));
    json.put("vsPyTorchFourBranch", rows.get(0).get("vsPyTorchFourBranch"));
    json.put("settings", rows);
    return json;
  }

  private static Map<String, Object> measure(Bench bench, Setting setting) {
    int threads = setting.singleThread() ? 1 : bench.threads();
    SubjectSpec once = new SubjectSpec(Work.TRAIN_STEP, setting.trunk(), setting.images());
    SubjectSpec four =
        new SubjectSpec(Work.TRAIN_STEP_FOUR_BRANCH, setting.trunk(), setting.images());
    List<Contestant> contestants =
        List.of(
            bench.contestant(Engine.QUADSTREAM, threads, once),
            bench.contestant(Engine.PYTORCH, threads, once),
            bench.contestant(Engine.PYTORCH, threads, four));
    double difference = requireSameLosses(setting, contestants);
    List<Timing> timings = bench.rounds().measure(contestants).stream().map(Timing::of).toList();
    contestants.forEach(Contestant::release);
    double ours = timings.get(0).medianMillis();
    double vsOnce = timings.get(1).medianMillis() / ours;
    double vsFour = timings.get(2).medianMillis() / ours;
    bench.row(
        "%s, M = %d, %d thread%s"
            .formatted(
                setting.trunk().optionName(), setting.images(), threads, threads == 1 ? "" : "s"),
        ours,
        timings.get(1).medianMillis(),
        timings.get(2).medianMillis(),
        vsOnce,
        vsFour);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("trunk", setting.trunk().optionName());
    json.put("images", setting.images());
    json.put("quadruplets", setting.images());
    json.put("threads", threads);
    json.put("vsPyTorchEmbedOnce", vsOnce);
    json.put("vsPyTorchFourBranch", vsFour);
    json.put("quadstream", timings.get(0));
    json.put("pyTorchEmbedOnce", timings.get(1));
    json.put("pyTorchFourBranch", timings.get(2));
    json.put("largestLossDifference", difference);
    return json;
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
              "The two sides do not do the same: at step %d of %s, the loss is %s here and %s for %s."
                  .formatted(
                      step + 1, setting, expected[step], losses[step], other.subject().work()));
        }
      }
    }
    return largest;
  }
}
