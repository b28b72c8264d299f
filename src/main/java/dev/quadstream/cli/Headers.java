package dev.quadstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.PrintableText;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads keys and headers of records that anyone may have written. */
final class Headers {

  private static final int LONGEST = 500;

  private Headers() {}

  /** The last header of that name, or {@code -}. */
  static String of(ConsumerRecord<byte[], byte[]> message, String name) {
    Header header = message.headers().lastHeader(name);
    return header == null ? "-" : printable(header.value());
  }

  static String key(ConsumerRecord<byte[], byte[]> message) {
    return printable(message.key());
  }

  /** On one line, at most 500 characters of it, and nothing that a terminal would obey. */
  static String printable(byte[] bytes) {
    if (bytes == null) {
      return "-";
    }
    return printable(new String(bytes, UTF_8));
  }

  /** The same of a text's lines, each at its length. */
  static String printableLines(String given) {
    return given.lines().map(PrintableText::of).collect(Collectors.joining(System.lineSeparator()));
  }

  /** The same of a text. */
  static String printable(String given) {
    return given.length() > LONGEST
        ? PrintableText.of(given.substring(0, LONGEST)) + "…"
        : PrintableText.of(given);
  }
}
