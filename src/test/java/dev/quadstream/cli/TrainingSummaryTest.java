package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.json.JsonMessages;
import org.junit.jupiter.api.Test;

class TrainingSummaryTest {

  @Test
  void theFieldsOfAllPartsLieSideBySide() {
    TrainingSummary summary =
        new TrainingSummary(
            new TrainingSummary.Data(640, 3, 2, 10),
            new TrainingSummary.Learned(10, 0.25, 0.5, 0.125, 0.1, 0.6),
            new TrainingSummary.Recall(0.7, 0.8),
            1,
            1234,
            new TrainingSummary.Time(4, 160),
            "model.qsm");

    assertThat(new String(JsonMessages.write(summary), UTF_8))
        .isEqualTo(
            """
            {"images":640,"skipped":3,"passes":2,"windows":10,"modelVersion":10,"loss":0.25,\
            "alpha1":0.5,"alpha2":0.125,"meanPositive":0.1,"meanNegative":0.6,\
            "prequentialRecallAt1":0.7,"recentRecallAt1":0.8,"refusedWindows":1,\
            "parameters":1234,"wallSeconds":4.0,"imagesPerSecond":160.0,"model":"model.qsm"}""");
  }
}
