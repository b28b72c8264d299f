package dev.quadstream.stream.options;

import dev.quadstream.kafka.Redaction;

/**
 * A value that is in effect, fit to be shown.
 *
 * @param key the option, for an entry of a map option with the entry's name
 * @param value the value for people; empty where the option has none
 * @param origin where it comes from, {@code default} where nobody gave one
 */
public record EffectiveValue(String key, String value, String origin) {

  public EffectiveValue {
    value = Redaction.isSecret(key) ? Redaction.REDACTED : value;
  }
}
