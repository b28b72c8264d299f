package dev.quadstream.serve.web;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabellingTest {

  /**
   * Kafka's client refuses timeouts that do not fit one another, and does so before it connects.
   */
  @ParameterizedTest
  @CsvSource({"linger.ms, 20000", "request.timeout.ms, 60000", "delivery.timeout.ms, 60000"})
  void whateverTimeUsersGiveClientsLabelsCanBeSent(String property, String value) {
    KafkaConnection kafka = new KafkaConnection("localhost:1", Map.of(property, value));
    assertThatCode(() -> new KafkaImageProducer(Labelling.impatient(kafka), "labels").close())
        .doesNotThrowAnyException();
  }
}
