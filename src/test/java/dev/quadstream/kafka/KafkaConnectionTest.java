package dev.quadstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaConnectionTest {

  private final KafkaConnection connection =
      new KafkaConnection("broker:9092", Map.of("acks", "1", "sasl.jaas.config", "secret"));

  @Test
  void whatIsGivenWinsOverAClientsDefaults() {
    assertThat(connection.settings(Map.of("acks", "all", "linger.ms", "5")))
        .containsEntry("bootstrap.servers", "broker:9092")
        .containsEntry("acks", "1")
        .containsEntry("linger.ms", "5");
    assertThat(connection.with(Map.of("acks", "0")).properties())
        .containsEntry("acks", "0")
        .containsKey("sasl.jaas.config");
  }

  @Test
  void printedItRepeatsNoPassword() {
    assertThat(connection).hasToString("broker:9092");
  }
}
