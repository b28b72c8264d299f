package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quadstream.cli.TailCommand.Output;
import dev.quadstream.json.PrintableText;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTextTest {

  static Stream<String> ids() {
    return Stream.of(
        "cup-1",
        "x".repeat(501),
        "soft\u00adhyphen",
        "zero\u200bwidth",
        "red\u001b[31m",
        "a \"quoted\" \\u00ad",
        "\ud83c\udff4\udb40\udc67");
  }

  @ParameterizedTest
  @MethodSource("ids")
  void aRemovalHasTheIdAsItIs(String id) throws Exception {
    JsonNode removal = read(Output.EMBEDDINGS, message(id.getBytes(UTF_8), null));

    assertThat(removal.get("key").textValue()).isEqualTo(id);
    assertThat(removal.get("removed").booleanValue()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("ids")
  void aDeadLetterHasKeyLabelAndReasonAsTheyAre(String text) throws Exception {
    ConsumerRecord<byte[], byte[]> message = message(text.getBytes(UTF_8), new byte[3]);
    message.headers().add("label", text.getBytes(UTF_8));
    message.headers().add("error-message", text.getBytes(UTF_8));

    JsonNode letter = read(Output.DEAD_LETTERS, message);

    assertThat(letter.get("key").textValue()).isEqualTo(text);
    assertThat(letter.get("label").textValue()).isEqualTo(text);
    assertThat(letter.get("errorMessage").textValue()).isEqualTo(text);
  }

  @Test
  void whatIsNotThereIsNull() throws Exception {
    JsonNode letter = read(Output.DEAD_LETTERS, message(null, null));

    assertThat(letter.get("key").isNull()).isTrue();
    assertThat(letter.get("label").isNull()).isTrue();
    assertThat(read(Output.REPORTS, message(null, null)).get("key").isNull()).isTrue();
  }

  private static JsonNode read(Output output, ConsumerRecord<byte[], byte[]> message)
      throws Exception {
    String line = new JsonText().of(output, message);
    assertThat(line.codePoints()).as(line).allMatch(PrintableText::isPrintable);
    return new ObjectMapper().readTree(line);
  }

  private static ConsumerRecord<byte[], byte[]> message(byte[] key, byte[] value) {
    return new ConsumerRecord<>("topic", 0, 0, key, value);
  }
}
