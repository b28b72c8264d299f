package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Embeddings a second, from the pixels' bytes. */
final class InferencePart implements Measurement {

  private static final List<Integer> BATCHES = List.of(1, 16, 128);
  private static final List<TrunkKind> SMALL = List.of(TrunkKind.SMALL);
  private static final List<TrunkKind> ALL = List.of(TrunkKind.SMALL, TrunkKind.MEDIUM);

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    bench.heading("Inference, images/s", "Quadstream", "PyTorch", "ratio");
    List<Map<String, Object>> rows = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    for (TrunkKind trunk : bench.quick() ? SMALL : ALL) {
      for (int images : BATCHES) {
        SubjectSpec subject = new SubjectSpec(Work.INFERENCE, trunk, images);
        List<Timing> timings = bench.sideBySide(subject, bench.threads());
        double ours = timings.get(0).perSecond(images);
        double theirs = timings.get(1).perSecond(images);
        if (trunk == TrunkKind.SMALL) {
          least = Math.min(least, ours / theirs);
        }
        bench.row(
            "%s, batch of %d".formatted(trunk.optionName(), images), ours, theirs, ours / theirs);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trunk", trunk.optionName());
        json.put("images", images);
        json.put("vsPyTorch", ours / theirs);
        json.put("quadstreamPerSecond", ours);
        json.put("pyTorchPerSecond", theirs);
        rows.add(json);
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    // The least of small's batches.
    json.put("vsPyTorch", least);
    json.put("settings", rows);
    report.put("inference", json);
  }
}
