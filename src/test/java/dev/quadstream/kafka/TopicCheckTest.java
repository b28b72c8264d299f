package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class TopicCheckTest {

  private static final Topics TOPICS = new Topics("");
  private static final Node NODE = new Node(1, "localhost", 9092);

  /** As of Redpanda, which has no min.insync.replicas. */
  @Test
  void aBrokerThatDoesNotTellASettingIsNoFailure() {
    TopicCheck check =
        new TopicCheck(
            TOPICS,
            "localhost:9092",
            topic ->
                Map.of("cleanup.policy", "compact,delete", "compression.type", "uncompressed"));
    check.compare(Map.of(TOPICS.images(), ofOneCopy(TOPICS.images())), 128);
    assertThat(check.findings())
        .last()
        .satisfies(
            finding -> {
              assertThat(finding.fatal()).isFalse();
              assertThat(finding.message()).contains("max.message.bytes, min.insync.replicas");
            });
    assertThat(check.findings())
        .as("what it tells is compared")
        .anySatisfy(finding -> assertThat(finding.message()).contains("clean-up policy"));
  }

  @Test
  void modelsAndReleasesWithSeveralPartitionsAreNamedSinceTheirOrderIsLost() {
    TopicCheck check = new TopicCheck(new Topics("a."), "localhost:9092", topic -> Map.of());
    check.compare(
        Map.of(
            "a.images", ofOneCopy("a.images", 3),
            "a.models", ofOneCopy("a.models", 3),
            "a.releases", ofOneCopy("a.releases", 2)),
        128);

    assertThat(check.findings())
        .filteredOn(finding -> finding.message().contains("partitions"))
        .allMatch(finding -> !finding.fatal())
        .extracting(TopicCheck.Finding::message)
        .satisfiesExactlyInAnyOrder(
            message -> assertThat(message).startsWith("Topic 'a.models' has 3 partitions"),
            message -> assertThat(message).startsWith("Topic 'a.releases' has 2 partitions"));
  }

  private static TopicDescription ofOneCopy(String name) {
    return ofOneCopy(name, 1);
  }

  private static TopicDescription ofOneCopy(String name, int partitions) {
    return new TopicDescription(
        name,
        false,
        IntStream.range(0, partitions)
            .mapToObj(index -> new TopicPartitionInfo(index, NODE, List.of(NODE), List.of(NODE)))
            .toList());
  }
}
