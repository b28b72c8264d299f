package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.cli.TailCommand.Output;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.HeaderNames;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records as JSON: messages as they are, removals and dead letters by what is known of them. */
final class JsonText implements RecordText {

  @Override
  public String of(Output output, ConsumerRecord<byte[], byte[]> message) {
    if (output == Output.DEAD_LETTERS) {
      return json(deadLetter(message));
    }
    return message.value() == null
        ? json(Map.of("key", Headers.key(message), "removed", true))
        : new String(message.value(), UTF_8).replaceAll("\\R", " ");
  }

  private static Map<String, Object> deadLetter(ConsumerRecord<byte[], byte[]> message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", Headers.key(message));
    fields.put("bytes", message.value() == null ? 0 : message.value().length);
    fields.put("label", Headers.of(message, HeaderNames.LABEL));
    fields.put("sourceTopic", Headers.of(message, HeaderNames.SOURCE_TOPIC));
    fields.put("sourcePartition", Headers.of(message, HeaderNames.SOURCE_PARTITION));
    fields.put("sourceOffset", Headers.of(message, HeaderNames.SOURCE_OFFSET));
    fields.put("errorClass", Headers.of(message, HeaderNames.ERROR_CLASS));
    fields.put("errorMessage", Headers.of(message, HeaderNames.ERROR_MESSAGE));
    return fields;
  }

  private static String json(Object value) {
    return new String(JsonMessages.write(value), UTF_8);
  }
}
