package dev.quadstream.stream.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.stream.TestingPipeline;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreeSlotsTest {

  @ParameterizedTest
  @CsvSource({
    "3, 1, 2, 'Option replicas = 3 takes as many free slots, and the cluster has 2 (6 in all, of 5"
        + " TaskManagers).'",
    "2, 4, 3, 'Option parallelism = 4 takes as many free slots, and the cluster has 3 (6 in all, of"
        + " 5 TaskManagers).'",
    "1, 1, 0, 'Option replicas = 1 takes as many free slots, and the cluster has 0 (6 in all, of 5"
        + " TaskManagers).'"
  })
  void tooFewAreNamedWithTheOptionThatTakesThem(
      String replicas, String parallelism, int free, String message) throws Exception {
    assertThat(
            FreeSlots.missing(
                TestingPipeline.settings("replicas", replicas, "parallelism", parallelism),
                overview(5, 6, free),
                FreeSlots.FREE))
        .hasMessageStartingWith(message);
  }

  @Test
  void decodersAndReplicasShareSlots() throws Exception {
    assertThat(
            FreeSlots.missing(
                TestingPipeline.settings("replicas", "2", "parallelism", "3"),
                overview(5, 6, 3),
                FreeSlots.FREE))
        .isNull();
  }

  @Test
  void aClusterThatStartsTaskManagersByItselfIsToldByItsConfiguration() throws Exception {
    assertThat(
            FreeSlots.startsTaskManagers(
                json("[{\"key\": \"kubernetes.cluster-id\", \"value\": \"quadstream\"}]")))
        .isTrue();
    assertThat(
            FreeSlots.startsTaskManagers(
                json("[{\"key\": \"taskmanager.numberOfTaskSlots\", \"value\": \"1\"}]")))
        .isFalse();
  }

  @Test
  void taskManagersOfTheJobsOwnClusterAreWaitedForAsLongAsTheyCome() throws Exception {
    PipelineSettings two = TestingPipeline.settings("replicas", "2");

    FreeSlots growing = answering(overview(0, 0, 0), overview(1, 1, 1), overview(2, 2, 2));
    growing.requireAsTheyCome(two, Duration.ofMillis(400));
    FreeSlots none = answering(overview(0, 0, 0));
    none.requireAsTheyCome(two, Duration.ZERO);
    FreeSlots one = answering(overview(0, 0, 0), overview(1, 1, 1));
    assertThatThrownBy(() -> one.requireAsTheyCome(two, Duration.ofMillis(1)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageStartingWith(
            "Option replicas = 2 takes as many free slots, and the cluster has 1 (1 in all, of 1"
                + " TaskManagers).");
  }

  @Test
  void slotsThatTheJobOfADeadJobManagerStillHoldsAreLeftToFlinkToWaitFor() throws Exception {
    FreeSlots held = answering(overview(2, 2, 0));

    held.requireAsTheyCome(TestingPipeline.settings("replicas", "2"), Duration.ZERO);
    assertThatThrownBy(() -> held.require(TestingPipeline.settings("replicas", "2"), Duration.ZERO))
        .as("on a cluster of several jobs they may be held for ever")
        .isInstanceOf(StartRefusedException.class);
  }

  @Test
  void aClusterThatIsThereMustHaveThemUnlessItHasNoneAtAll() throws Exception {
    PipelineSettings two = TestingPipeline.settings("replicas", "2");

    answering(overview(0, 0, 0)).require(two, Duration.ZERO);
    answering(overview(1, 1, 1), overview(2, 2, 2)).require(two, Duration.ofMillis(400));
    assertThatThrownBy(() -> answering(overview(1, 1, 1)).require(two, Duration.ZERO))
        .isInstanceOf(StartRefusedException.class);
  }

  /** A Flink whose overviews are these in turn, and the last from then on. */
  private static FreeSlots answering(JsonNode... overviews) {
    Iterator<JsonNode> rest = List.of(overviews).iterator();
    return new FreeSlots(
        path -> {
          if (path.equals("/overview")) {
            return rest.hasNext() ? rest.next() : overviews[overviews.length - 1];
          }
          return json("[]");
        });
  }

  /** As Flink 2.2 answers. */
  private static JsonNode overview(int taskManagers, int slots, int free) throws IOException {
    return json(
        "{\"taskmanagers\": %d, \"taskmanagers-blocked\": 0, \"slots-total\": %d, \"slots-available\": %d, \"jobs-running\": 1}"
            .formatted(taskManagers, slots, free));
  }

  private static JsonNode json(String text) throws IOException {
    return JsonMessages.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
  }
}
