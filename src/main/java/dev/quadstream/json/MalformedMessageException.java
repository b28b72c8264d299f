package dev.quadstream.json;

import java.util.Locale;

/** Bytes that are not the JSON message they should be; the message says what is wrong with them. */
public final class MalformedMessageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedMessageException(Class<?> type, String reason, Throwable cause) {
    super(
        "Not the JSON of %s: %s"
            .formatted(
                type.getSimpleName()
                    .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                    .toLowerCase(Locale.ROOT),
                PrintableText.of(reason)),
        cause);
  }
}
