package dev.quadstream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quadstream.json.MalformedMessageException;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingMessageTest {

  @Test
  void anImageWithoutALabelHasTheLabelNullAndNotNone() {
    EmbeddingMessage message = new EmbeddingMessage("run-1", "a", null, 7, 7L, 6, new float[] {1});

    assertThat(new String(message.toJson(), UTF_8)).contains("\"label\":null");
    assertThat(EmbeddingMessage.fromJson(message.toJson()))
        .usingRecursiveComparison()
        .isEqualTo(message);
  }

  @Test
  void whatWasMappedSaysSo() {
    EmbeddingMessage mapped =
        new EmbeddingMessage("run-1", "i", "l", 7, 7L, true, -1, new float[] {0.6f, 0.8f});

    assertThat(new String(mapped.toJson(), UTF_8)).contains("\"mapped\":true");
    assertThat(EmbeddingMessage.fromJson(mapped.toJson()))
        .usingRecursiveComparison()
        .isEqualTo(mapped);
  }

  @Test
  void isTheJsonOfTheContract() {
    EmbeddingMessage message =
        new EmbeddingMessage("run-1", "a\"b", "Öre", 7, 7L, 9, new float[] {0.1f, -1, 2.0E-3f});
    assertThat(new String(message.toJson(), UTF_8))
        .isEqualTo(
            "{\"run\":\"run-1\",\"id\":\"a\\\"b\",\"label\":\"Öre\",\"modelVersion\":7,\"release\":7,\"window\":9,\"vector\":[0.1,-1.0,0.002]}");
  }

  @Test
  void comesBackBitForBit() {
    Random random = new Random(1);
    float[] vector = new float[4096];
    for (int index = 0; index < vector.length; index++) {
      do {
        vector[index] = Float.intBitsToFloat(random.nextInt());
      } while (!Float.isFinite(vector[index]));
    }
    vector[0] = Float.MIN_VALUE;
    vector[1] = -0f;
    vector[2] = Float.MAX_VALUE;
    EmbeddingMessage message =
        new EmbeddingMessage("run-1", "id", "label", Long.MAX_VALUE, 5L, 0, vector);

    assertThat(EmbeddingMessage.fromJson(message.toJson()))
        .usingRecursiveComparison()
        .isEqualTo(message);
  }

  @Test
  void ignoresFieldsThatALaterVersionMayAddAndLacksThoseOfAnEarlierOne() {
    String json =
        "{\"new\":{\"a\":[1]},\"id\":\"i\",\"label\":\"l\",\"modelVersion\":1,\"window\":2,\"vector\":[1]}";
    assertThat(EmbeddingMessage.fromJson(json.getBytes(UTF_8)))
        .usingRecursiveComparison()
        .isEqualTo(new EmbeddingMessage(null, "i", "l", 1, null, 2, new float[] {1}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"id\":\"i\"}",
        "{\"id\":\"i\",\"label\":\"l\",\"vector\":7}",
        "{\"id\":\"i\",\"vector\":[]}"
      })
  void refusesWhatIsNoEmbedding(String json) {
    assertThatThrownBy(() -> EmbeddingMessage.fromJson(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageStartingWith("Not the JSON of embedding message: ");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void refusesNumbersThatAreNotFinite(float value) {
    float[] vector = {0, value};
    assertThatThrownBy(() -> new EmbeddingMessage("run-1", "broken", "l", 3, 3L, 4, vector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'broken'")
        .hasMessageContaining("version 3");
  }

  @Test
  void isKeyedByTheImageAndSaysItsModelVersion() {
    EmbeddingMessage message =
        new EmbeddingMessage("run-1", "image-ö", "l", 12, 12L, 13, new float[] {1});
    ProducerRecord<byte[], byte[]> record = message.toProducerRecord("embeddings");
    assertThat(record.topic()).isEqualTo("embeddings");
    assertThat(record.key()).isEqualTo("image-ö".getBytes(UTF_8));
    assertThat(record.value()).isEqualTo(message.toJson());
    assertThat(record.headers().lastHeader("model-version").value())
        .isEqualTo("12".getBytes(UTF_8));
  }

  @Test
  void removalIsATombstoneUnderTheSameKey() {
    ProducerRecord<byte[], byte[]> record = EmbeddingMessage.removal("embeddings", "image-ö", 5);
    assertThat(record.key()).isEqualTo("image-ö".getBytes(UTF_8));
    assertThat(record.value()).isNull();
    assertThat(record.headers().lastHeader("model-version").value()).isEqualTo("5".getBytes(UTF_8));
  }
}
