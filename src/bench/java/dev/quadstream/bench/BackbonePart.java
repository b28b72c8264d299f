package dev.quadstream.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images a second through a frozen backbone, against ONNX Runtime alone in a loop over the same
 * images, and whether the process grows with the number of images.
 */
final class BackbonePart implements Measuring {

  private static final int TOGETHER = 16;
  private static final int IMAGES_OF_A_LOOK = 1_000;
  private static final int SHARES = 10;
  private static final double TOLERANCE = 1e-4;

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    bench.heading(
        "Backbone, images/s", "Quadstream", "ONNX Runtime", "ratio", TOGETHER + " at once");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int threads : List.of(1, 2)) {
      rows.add(speed(bench, threads));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("speed", rows);
    json.put("memory", memory(bench));
    report.put("backbone", json);
  }

  private static Map<String, Object> speed(Bench bench, int threads) {
    SubjectSpec subject = new SubjectSpec(Work.BACKBONE, null, TOGETHER);
    List<Contestant> contestants =
        List.of(
            bench.contestant(Engine.QUADSTREAM, threads, subject),
            bench.contestant(Engine.ONNX_RUNTIME, threads, subject),
            bench.contestant(
                Engine.ONNX_RUNTIME,
                threads,
                new SubjectSpec(Work.BACKBONE_BATCH, null, TOGETHER)));
    double first = contestants.get(0).run(1).results()[0];
    contestants.forEach(contestant -> requireSame(first, contestant.run(1).results()[0]));
    List<Timing> timings = bench.rounds().measure(contestants).stream().map(Timing::of).toList();
    contestants.forEach(Contestant::release);
    double ours = timings.get(0).perSecond(TOGETHER);
    double alone = timings.get(1).perSecond(TOGETHER);
    double atOnce = timings.get(2).perSecond(TOGETHER);
    bench.row(threads == 1 ? "1 thread" : threads + " threads", ours, alone, ours / alone, atOnce);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("threads", threads);
    json.put("vsOnnxRuntime", ours / alone);
    json.put("quadstreamPerSecond", ours);
    json.put("onnxRuntimePerSecond", alone);
    json.put("onnxRuntimeInBatchesPerSecond", atOnce);
    return json;
  }

  private static void requireSame(double ours, double alone) {
    if (!(Math.abs(ours - alone) < TOLERANCE)) {
      throw new BenchException(
          "The first feature is %s here and %s by ONNX Runtime alone.".formatted(ours, alone));
    }
  }

  private static Map<String, Object> memory(Bench bench) {
    int looks = bench.quick() ? 10 : 100;
    double[] bytes =
        bench
            .contestant(
                Engine.QUADSTREAM,
                bench.threads(),
                new SubjectSpec(Work.BACKBONE_MEMORY, null, IMAGES_OF_A_LOOK))
            .run(looks)
            .results();
    // The first tenth warms up.
    int share = looks / SHARES;
    double first = most(bytes, share, 2 * share) / 1e6;
    double last = most(bytes, looks - share, looks) / 1e6;
    bench.heading(
        "%,d images".formatted(looks * IMAGES_OF_A_LOOK), "second tenth", "last tenth", "ratio");
    bench.row("process at most, MB", first, last, last / first);
    return Map.of(
        "images",
        looks * IMAGES_OF_A_LOOK,
        "secondTenthMegabytes",
        first,
        "lastTenthMegabytes",
        last);
  }

  private static double most(double[] bytes, int from, int to) {
    return Arrays.stream(bytes, from, to).max().orElseThrow();
  }
}
