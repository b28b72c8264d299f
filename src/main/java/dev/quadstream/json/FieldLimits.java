package dev.quadstream.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.Optional;

/** What an id and a label may be, on the topics and in datasets that are sent there. */
public final class FieldLimits {

  /** The largest label in bytes of UTF-8. */
  public static final int MAX_LABEL_BYTES = 256;

  /** The largest image id in bytes of UTF-8: ids are kept in memory and state for every image. */
  public static final int MAX_ID_BYTES = 1024;

  private FieldLimits() {}

  /** What keeps a text from the topics, as a phrase; nothing where it may go there. */
  public static Optional<String> problem(String text, int maxBytes) {
    if (text.getBytes(UTF_8).length > maxBytes) {
      return Optional.of(String.format(Locale.ROOT, "of more than %,d bytes", maxBytes));
    }
    return text.chars().anyMatch(Character::isISOControl)
        ? Optional.of("with a control character")
        : Optional.empty();
  }
}
