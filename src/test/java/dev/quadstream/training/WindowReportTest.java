package dev.quadstream.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WindowReportTest {

  /** As readers of the topic know it: fields may be added, and none changes. */
  private static final String JSON =
      """
      {"run":"run-7","replica":1,"window":41,"modelVersion":42,\
      "images":2,"batchImages":4,"removedImages":1,\
      "labelledLaterImages":2,"correctedImages":6,"withdrawnImages":8,\
      "miningVersion":40,"quadrupletsAsked":4,"quadrupletsFound":2,\
      "activeFirst":2,"activeSecond":1,\
      "loss":0.9,"lossFirst":0.5,"lossSecond":0.25,"lossPairSoftmax":0.15,"gradientNorm":12.5,\
      "alpha1":0.5,"alpha2":0.25,"meanPositive":0.125,"meanNegative":0.75,"warmingUp":false,\
      "tested":2,"correct":1,"newClasses":3,"prequentialRecallAt1":0.5,\
      "memorySize":63,"memoryClasses":9,\
      "refusedWindows":5,"collapses":1,"reason":"The loss is NaN.","imageIds":["a","b"],\
      "stageMillis":{"forward":1.5},\
      "hardest":[{"anchor":"a","positive":"p","negative":"n","secondNegative":"m",\
      "label":"x","negativeLabel":"y","secondNegativeLabel":"z",\
      "positiveDistance":0.75,"negativeDistance":0.5,"secondNegativeDistance":null,\
      "violation":0.25}],\
      "ledger":[{"partition":3,"offset":41,"read":42,"images":30,"removals":2,\
      "deadLetters":5,"late":1,"waiting":4,"questions":0}]}""";

  private static final WindowReport REPORT =
      new WindowReport(
          new WindowReport.Identity("run-7", 1, 41, 42),
          new WindowReport.Images(2, 4, 1, new LateLabels(2, 6, 8)),
          new WindowReport.Mining(40, 4, 2, 2, 1),
          new WindowReport.Loss(0.9, 0.5, 0.25, 0.15, 12.5),
          new WindowReport.Margins(0.5, 0.25, 0.125, 0.75, false),
          new Prequential(2, 1, 3),
          new WindowReport.Memory(63, 9),
          new WindowReport.Health(5, 1, "The loss is NaN.", List.of("a", "b")),
          new WindowReport.Details(
              Map.of("forward", 1.5),
              List.of(
                  new HardQuadruplet(
                      new HardQuadruplet.Images("a", "p", "n", "m"),
                      new HardQuadruplet.Labels("x", "y", "z"),
                      new HardQuadruplet.Distances(0.75, 0.5, null),
                      0.25)),
              List.of(new PartitionLedger(3, 41, 42, 30, 2, 5, 1, 4, 0))));

  @Test
  void theFieldsOfAllPartsLieSideBySide() {
    assertThat(new String(JsonMessages.write(REPORT), UTF_8)).isEqualTo(JSON);
    assertThat(JsonMessages.read(JSON.getBytes(UTF_8), WindowReport.class)).isEqualTo(REPORT);
  }

  @Test
  void aReportWithoutARunOrFieldsThatAreToComeIsRead() {
    WindowReport report =
        JsonMessages.read(
            "{\"shard\":1,\"window\":3,\"toCome\":{\"window\":7},\"memory\":8}".getBytes(UTF_8),
            WindowReport.class);

    assertThat(report.identity()).isEqualTo(new WindowReport.Identity(null, 1, 3, 0));
    assertThat(report.loss()).isEqualTo(WindowReport.Loss.NONE);
  }

  @Test
  void aWindowInWhichNothingWasTestedOrFoundHasNoShares() {
    assertThat(new Prequential(0, 0, 4).recallAt1()).isNull();
    assertThat(new WindowReport.Mining(0, 8, 0, 0, 0).activeShareFirst()).isNull();
    assertThat(new WindowReport.Mining(0, 8, 4, 3, 1).activeShareFirst()).isEqualTo(0.75);
    assertThat(new WindowReport.Mining(0, 8, 4, 3, 1).activeShareSecond()).isEqualTo(0.25);
  }
}
