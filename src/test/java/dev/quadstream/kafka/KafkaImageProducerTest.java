package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaImageProducerTest {

  private final MockProducer<byte[], byte[]> client =
      new MockProducer<>(
          false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
  private final KafkaImageProducer producer = new KafkaImageProducer(client, "images");

  @Test
  void sendsWhatTheContractAsksFor() {
    producer.send("id-ö", "Öre", "image/png", new byte[] {1, 2}, 99);

    ProducerRecord<byte[], byte[]> record = client.history().get(0);
    assertThat(record.topic()).isEqualTo("images");
    assertThat(record.key()).isEqualTo("id-ö".getBytes(UTF_8));
    assertThat(record.value()).containsExactly(1, 2);
    assertThat(record.headers())
        .extracting(Header::key, header -> new String(header.value(), UTF_8))
        .containsExactly(
            tuple("label", "Öre"), tuple("content-type", "image/png"), tuple("captured-at", "99"));
  }

  @Test
  void countsWhatTheBrokerAcknowledges() {
    send("a");
    send("b");
    assertThat(producer.acknowledged()).isZero();
    client.completeNext();
    assertThat(producer.acknowledged()).isEqualTo(1);
    producer.flush();
    assertThat(producer.acknowledged()).isEqualTo(2);
    assertThat(producer.failed()).isZero();
  }

  @Test
  void aFailureShowsOnceOnTheNextCallWhichIsCarriedOutAllTheSame() {
    send("lost");
    client.errorNext(new TimeoutException("broker gone"));
    assertThat(producer.failed()).isEqualTo(1);

    assertThatThrownBy(() -> send("next"))
        .isInstanceOf(KafkaSendException.class)
        .hasMessageContaining("'lost'")
        .hasMessageContaining("'images'")
        .hasMessageContaining("broker gone");
    assertThat(client.history()).hasSize(2);
    send("later");
    assertThat(client.history()).hasSize(3);
  }

  @Test
  void aFailureShowsAtTheLatestOnClose() {
    send("lost");
    client.errorNext(new TimeoutException("broker gone"));
    assertThatThrownBy(producer::close).isInstanceOf(KafkaSendException.class);
    assertThat(client.closed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1700000000000, 1700000000000",
    "1234, 1234",
    "-1,",
    "1700000000,",
    "1700000000000000,",
  })
  void aRecordGoesAgainWithItsTimeAsAHeaderWhereAHeaderMayHaveIt(long time, String header) {
    producer.resend(
        new SourceRecord("images", 0, 7, time, new byte[] {1}, new byte[] {2}, List.of()));

    assertThat(client.history().get(0).headers())
        .extracting(added -> new String(added.value(), UTF_8))
        .isEqualTo(header == null ? List.of() : List.of(header));
  }

  private void send(String id) {
    producer.send(id, "label", "image/png", new byte[] {1}, 1);
  }
}
