package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/b", "ö", "a\n"})
  void refusesPrefixesThatKafkaWould(String prefix) {
    assertThatThrownBy(() -> new Topics(prefix))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(prefix);
  }
}
