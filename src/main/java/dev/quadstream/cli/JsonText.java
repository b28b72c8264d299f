package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quadstream.cli.TailCommand.Output;
import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.json.PrintableText;
import dev.quadstream.kafka.HeaderNames;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records as JSON: messages as they are, removals, dead letters and what is no JSON by what is
 * known of them.
 */
final class JsonText implements RecordText {

  @Override
  public String of(Output output, ConsumerRecord<byte[], byte[]> message) {
    if (output == Output.DEAD_LETTERS) {
      return json(deadLetter(message));
    }
    if (message.value() == null) {
      return json(Map.of("key", Headers.key(message), "removed", true));
    }
    try {
      // As text and not by way of the tree, which would write numbers its own way.
      JsonMessages.read(message.value(), JsonNode.class);
      return onOneLine(new String(message.value(), UTF_8));
    } catch (MalformedMessageException e) {
      return json(Map.of("offset", message.offset(), "unreadable", e.getMessage()));
    }
  }

  /** Valid JSON has these blanks between its values alone, where any will do. */
  private static String onOneLine(String json) {
    return PrintableText.of(json.replace('\n', ' ').replace('\r', ' ').replace('\t', ' '));
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
    return PrintableText.of(new String(JsonMessages.write(value), UTF_8));
  }
}
