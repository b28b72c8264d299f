package dev.quadstream.bench;

import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Embeddings a second, from the pixels' bytes. */
final class InferencePart implements Measuring {

  private static final List<Integer> BATCHES = List.of(1, 16, 128);
  private static final List<TrunkKind> SMALL = List.of(TrunkKind.SMALL);
  private static final List<TrunkKind> ALL = List.of(TrunkKind.SMALL, TrunkKind.MEDIUM);

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    List<Map<String, Object>> rows = new ArrayList<>();
    measure(bench, bench.threads(), rows);
    if (!bench.quick() && bench.threads() > 1) {
      measure(bench, 1, rows);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    // The least of small's batches with all threads.
    json.put("vsPyTorch", least(rows, bench.threads(), "vsPyTorch"));
    json.put("vsOnnxRuntime", least(rows, bench.threads(), "vsOnnxRuntime"));
    json.put("settings", rows);
    report.put("inference", json);
  }

  private static void measure(Bench bench, int threads, List<Map<String, Object>> rows) {
    bench.heading(
        "Inference, images/s",
        "Quadstream",
        "PyTorch",
        "ONNX Runtime",
        "÷ PyTorch",
        "÷ ONNX R.",
        "bfloat16 ÷");
    boolean hasBfloat16 = isAvailable(EmbeddingPrecision.BFLOAT16);
    for (TrunkKind trunk : bench.quick() ? SMALL : ALL) {
      for (int images : BATCHES) {
        SubjectSpec subject = new SubjectSpec(Work.INFERENCE, trunk, images);
        List<Contestant> contestants = new ArrayList<>();
        for (Engine engine : Engine.values()) {
          contestants.add(bench.contestant(engine, threads, subject));
        }
        if (hasBfloat16) {
          contestants.add(
              bench.contestant(
                  Engine.QUADSTREAM,
                  threads,
                  new SubjectSpec(Work.INFERENCE_IN_BFLOAT16, trunk, images)));
        }
        List<Timing> timings = bench.timings(contestants);
        double ours = timings.get(0).perSecond(images);
        double pyTorch = timings.get(1).perSecond(images);
        double onnxRuntime = timings.get(2).perSecond(images);
        double bfloat16 = hasBfloat16 ? timings.get(3).perSecond(images) : Double.NaN;
        bench.row(
            "%s, batch %d, %d thread%s"
                .formatted(trunk.optionName(), images, threads, threads == 1 ? "" : "s"),
            ours,
            pyTorch,
            onnxRuntime,
            ours / pyTorch,
            ours / onnxRuntime,
            bfloat16 / ours);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trunk", trunk.optionName());
        json.put("images", images);
        json.put("threads", threads);
        json.put("vsPyTorch", ours / pyTorch);
        json.put("vsOnnxRuntime", ours / onnxRuntime);
        json.put("quadstreamPerSecond", ours);
        json.put("pyTorchPerSecond", pyTorch);
        json.put("onnxRuntimePerSecond", onnxRuntime);
        if (hasBfloat16) {
          json.put("bfloat16VsSingle", bfloat16 / ours);
        }
        rows.add(json);
      }
    }
  }

  private static boolean isAvailable(EmbeddingPrecision precision) {
    try {
      precision.requireAvailable();
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  private static double least(List<Map<String, Object>> rows, int threads, String ratio) {
    return rows.stream()
        .filter(row -> row.get("trunk").equals(TrunkKind.SMALL.optionName()))
        .filter(row -> row.get("threads").equals(threads))
        .mapToDouble(row -> (Double) row.get(ratio))
        .min()
        .orElseThrow();
  }
}
