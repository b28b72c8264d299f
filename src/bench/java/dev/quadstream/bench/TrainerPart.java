package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the trainer takes for a window beside the step alone: augmentation, means and margins,
 * checks, the report. Without a counterpart.
 */
final class TrainerPart implements Measuring {

  @Override
  public void measure(Bench bench, Map<String, Object> report) {
    bench.heading("Trainer, ms", "window", "step alone", "step's share");
    List<Map<String, Object>> rows = new ArrayList<>();
    List<TrunkKind> trunks =
        bench.quick() ? List.of(TrunkKind.SMALL) : List.of(TrunkKind.SMALL, TrunkKind.MEDIUM);
    for (TrunkKind trunk : trunks) {
      for (int images : List.of(32, 128)) {
        List<Contestant> contestants =
            List.of(
                bench.contestant(
                    Engine.QUADSTREAM,
                    bench.threads(),
                    new SubjectSpec(Work.TRAINER, trunk, images)),
                bench.contestant(
                    Engine.QUADSTREAM,
                    bench.threads(),
                    new SubjectSpec(Work.TRAIN_STEP, trunk, images)));
        List<Timing> timings =
            bench.rounds().measure(contestants).stream().map(Timing::of).toList();
        contestants.forEach(Contestant::release);
        double window = timings.get(0).medianMillis();
        double step = timings.get(1).medianMillis();
        bench.row("%s, M = %d".formatted(trunk.optionName(), images), window, step, step / window);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trunk", trunk.optionName());
        json.put("images", images);
        json.put("window", timings.get(0));
        json.put("stepAlone", timings.get(1));
        rows.add(json);
      }
    }
    report.put("trainer", Map.of("settings", rows));
  }
}
