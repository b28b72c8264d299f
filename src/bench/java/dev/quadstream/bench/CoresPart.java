package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Training steps a second against the number of cores. */
final class CoresPart implements Measuring {

  private static final List<Integer> BATCHES = List.of(32, 128);

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    bench.heading("Train steps/s", "Quadstream", "PyTorch", "÷ one core", "PyTorch's");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int images : BATCHES) {
      SubjectSpec subject = new SubjectSpec(Work.TRAIN_STEP, TrunkKind.SMALL, images);
      double ourFirst = 0;
      double theirFirst = 0;
      for (int threads : threads(bench.threads())) {
        List<Timing> timings =
            bench.sideBySide(subject, threads, Engine.QUADSTREAM, Engine.PYTORCH);
        double ours = timings.get(0).perSecond(1);
        double theirs = timings.get(1).perSecond(1);
        ourFirst = threads == 1 ? ours : ourFirst;
        theirFirst = threads == 1 ? theirs : theirFirst;
        bench.row(
            "small, M = %d, %d thread%s".formatted(images, threads, threads == 1 ? "" : "s"),
            ours,
            theirs,
            ours / ourFirst,
            theirs / theirFirst);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("images", images);
        json.put("threads", threads);
        json.put("quadstreamPerSecond", ours);
        json.put("pyTorchPerSecond", theirs);
        json.put("quadstreamVsOneThread", ours / ourFirst);
        json.put("pyTorchVsOneThread", theirs / theirFirst);
        rows.add(json);
      }
    }
    report.put("cores", rows);
  }

  /** One, two, four and so on, and all. */
  static Iterable<Integer> threads(int all) {
    TreeSet<Integer> counts = new TreeSet<>(List.of(all));
    for (int threads = 1; threads < all; threads *= 2) {
      counts.add(threads);
    }
    return counts;
  }
}
