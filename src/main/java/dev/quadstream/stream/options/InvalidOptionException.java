package dev.quadstream.stream.options;

import java.io.IOException;
import java.util.List;

/** A configuration that cannot be run; the message names the option, its value and the way out. */
public final class InvalidOptionException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String keys;

  InvalidOptionException(String key, String value, String rule) {
    super("Option %s = %s: %s.".formatted(key, value, rule));
    this.keys = key;
  }

  InvalidOptionException(String key, String value, IllegalArgumentException cause) {
    super("Option %s = %s: %s".formatted(key, value, cause.getMessage()), cause);
    this.keys = key;
  }

  InvalidOptionException(String key, String value, String rule, IOException cause) {
    super("Option %s = %s: %s.".formatted(key, value, rule), cause);
    this.keys = key;
  }

  InvalidOptionException(String keys, String problem) {
    super("Options %s: %s".formatted(keys, problem));
    this.keys = keys;
  }

  /** The options that the message is about; {@code margin.*} stands for all that start so. */
  public List<String> keys() {
    return List.of(keys.split(", "));
  }
}
