package dev.quadstream.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import org.junit.jupiter.api.Test;

class DemoSummaryTest {

  private static final String JSON =
      """
      {"images":640,"windows":10,"modelVersion":10,"imagesPerSecond":160.0,\
      "heldOut":{"concepts":4,"drawings":12,"rawPixels":0.5,"untrained":0.4,"trained":0.75,\
      "hit":null,"miss":null},"prequentialRecallAt1":0.7,"questions":null,"deadLetters":1,\
      "restarts":0,"secondsToFirstReport":2.5,"wallSeconds":9.0,"model":"model.qsm",\
      "reports":"reports.jsonl","logs":"logs"}""";

  @Test
  void theFieldsOfTrainingHealthAndFilesLieSideBySide() {
    DemoSummary summary =
        new DemoSummary(
            new DemoSummary.Training(640, 10, 10, 160),
            new DemoSummary.HeldOut(4, 12, 0.5, 0.4, 0.75, null, null),
            0.7,
            null,
            new DemoSummary.Health(1, 0, 2.5, 9),
            new DemoSummary.Files("model.qsm", "reports.jsonl", "logs"));

    assertThat(new String(JsonMessages.write(summary), UTF_8)).isEqualTo(JSON);
    assertThat(JsonMessages.read(JSON.getBytes(UTF_8), DemoSummary.class)).isEqualTo(summary);
  }
}
