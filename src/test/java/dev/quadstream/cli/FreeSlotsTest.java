package dev.quadstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.stream.TestingPipeline;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreeSlotsTest {

  @ParameterizedTest
  @CsvSource({
    "3, 1, 2, 'Option replicas = 3 takes as many free slots, and the cluster has 2 (6 in all, of 5 TaskManagers).'",
    "2, 4, 3, 'Option parallelism = 4 takes as many free slots, and the cluster has 3 (6 in all, of 5 TaskManagers).'",
    "1, 1, 0, 'Option replicas = 1 takes as many free slots, and the cluster has 0 (6 in all, of 5 TaskManagers).'"
  })
  void tooFewAreNamedWithTheOptionThatTakesThem(
      String replicas, String parallelism, int free, String message) throws Exception {
    assertThat(
            FreeSlots.missing(
                TestingPipeline.settings("replicas", replicas, "parallelism", parallelism),
                overview(free)))
        .hasMessageStartingWith(message);
  }

  @Test
  void decodersAndReplicasShareSlots() throws Exception {
    assertThat(
            FreeSlots.missing(
                TestingPipeline.settings("replicas", "2", "parallelism", "3"), overview(3)))
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

  /** As Flink 2.2 answers. */
  private static JsonNode overview(int free) throws Exception {
    return json(
        "{\"taskmanagers\": 5, \"taskmanagers-blocked\": 0, \"slots-total\": 6, \"slots-available\": %d, \"jobs-running\": 1}"
            .formatted(free));
  }

  private static JsonNode json(String text) throws Exception {
    return JsonMessages.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class);
  }
}
