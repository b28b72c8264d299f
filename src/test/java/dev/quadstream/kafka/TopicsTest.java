package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  @Test
  void putsThePrefixBeforeEachName() {
    assertThat(new Topics("").all())
        .containsExactly(
            "images",
            "labels",
            "embeddings",
            "models",
            "releases",
            "reports",
            "matches",
            "dead-letters");
    assertThat(new Topics("quadstream.").all())
        .containsExactly(
            "quadstream.images",
            "quadstream.labels",
            "quadstream.embeddings",
            "quadstream.models",
            "quadstream.releases",
            "quadstream.reports",
            "quadstream.matches",
            "quadstream.dead-letters");
  }

  @Test
  void aCommandThatMakesATopicWhoseOrderCountsAsksForOnePartition() {
    Topics topics = new Topics("quadstream.");

    assertThat(commandsFor(topics.models(), topics.releases()))
        .hasSize(2)
        .allMatch(command -> command.contains(" --partitions 1 --config "));
    assertThat(commandsFor(topics.images(), topics.embeddings()))
        .hasSize(2)
        .noneMatch(command -> command.contains("--partitions"));
  }

  private static List<String> commandsFor(String... topics) {
    return new MissingTopicException(List.of(topics), "localhost:9092")
        .getMessage()
        .lines()
        .filter(line -> line.contains("kafka-topics.sh"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/b", "ö", "a\n"})
  void refusesPrefixesThatKafkaWould(String prefix) {
    assertThatThrownBy(() -> new Topics(prefix))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(prefix);
  }
}
