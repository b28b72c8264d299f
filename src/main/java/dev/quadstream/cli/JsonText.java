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
import org.apache.kafka.common.header.Header;

/**
 * Records as JSON: messages as they are, removals, dead letters and what is no JSON by what is
 * known of them.
 */
final class JsonText implements RecordText {

  private record Removal(String key, boolean removed) {}

  @Override
  public String of(Output output, ConsumerRecord<byte[], byte[]> message) {
    if (output == Output.DEAD_LETTERS) {
      return json(deadLetter(message));
    }
    if (message.value() == null) {
      return json(new Removal(text(message.key()), true));
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
    fields.put("key", text(message.key()));
    fields.put("bytes", message.value() == null ? 0 : message.value().length);
    fields.put("label", header(message, HeaderNames.LABEL));
    fields.put("sourceTopic", header(message, HeaderNames.SOURCE_TOPIC));
    fields.put("sourcePartition", header(message, HeaderNames.SOURCE_PARTITION));
    fields.put("sourceOffset", header(message, HeaderNames.SOURCE_OFFSET));
    fields.put("errorClass", header(message, HeaderNames.ERROR_CLASS));
    fields.put("errorMessage", header(message, HeaderNames.ERROR_MESSAGE));
    return fields;
  }

  private static String header(ConsumerRecord<byte[], byte[]> message, String name) {
    Header header = message.headers().lastHeader(name);
    return header == null ? null : text(header.value());
  }

  /** Whole, since a program looks for it elsewhere; null where there is none. */
  private static String text(byte[] bytes) {
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private static String json(Object value) {
    return PrintableText.of(new String(JsonMessages.write(value), UTF_8));
  }
}
