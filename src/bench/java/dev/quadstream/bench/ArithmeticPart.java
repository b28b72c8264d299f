package dev.quadstream.bench;

import dev.quadstream.network.TrunkKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much of the arithmetic rate of a large matrix product a train step reaches. */
final class ArithmeticPart implements Measurement {

  private static final int MATRIX = 2048;
  private static final int PAIRS_OF_A_QUADRUPLET = 3;

  @Override
  public Map<String, Object> measure(Bench bench) {
    bench.heading("Arithmetic rate, GFLOP/s", "Quadstream", "PyTorch", "share", "PyTorch's");
    int threads = bench.threads();
    List<Timing> products =
        bench.sideBySide(new SubjectSpec(Work.MATRIX_PRODUCT, null, MATRIX), threads);
    double[] product = rates(products, 2.0 * MATRIX * MATRIX * MATRIX);
    bench.row("product of %d×%d".formatted(MATRIX, MATRIX), product[0], product[1]);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (TrunkKind trunk : List.of(TrunkKind.SMALL, TrunkKind.MEDIUM)) {
      for (int images : List.of(32, 128)) {
        SubjectSpec subject = new SubjectSpec(Work.TRAIN_STEP, trunk, images);
        double operations =
            NetworkLayers.of(Workload.specOf(trunk))
                .trainStepOperations(images, PAIRS_OF_A_QUADRUPLET * images);
        double[] step = rates(bench.sideBySide(subject, threads), operations);
        bench.row(
            "train step, %s, M = %d".formatted(trunk.optionName(), images),
            step[0],
            step[1],
            step[0] / product[0],
            step[1] / product[1]);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trunk", trunk.optionName());
        json.put("images", images);
        json.put("operations", operations);
        json.put("quadstreamShare", step[0] / product[0]);
        json.put("pyTorchShare", step[1] / product[1]);
        json.put("quadstreamGigaflops", step[0]);
        json.put("pyTorchGigaflops", step[1]);
        rows.add(json);
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("trainStepShareOfMatrixProduct", rows.get(0).get("quadstreamShare"));
    json.put("matrixRows", MATRIX);
    json.put("quadstreamMatrixGigaflops", product[0]);
    json.put("pyTorchMatrixGigaflops", product[1]);
    json.put("settings", rows);
    return json;
  }

  /** Of each side, in 10⁹ operations a second. */
  private static double[] rates(List<Timing> timings, double operations) {
    return timings.stream().mapToDouble(timing -> timing.perSecond(operations) / 1e9).toArray();
  }
}
