package dev.quadstream.kafka;

import java.util.Map;
import java.util.Properties;

/** Puts client settings together. */
final class ClientSettings {

  private ClientSettings() {}

  /** The defaults with the overrides on top. */
  static Properties merge(Map<String, String> defaults, Properties overrides) {
    Properties merged = new Properties();
    merged.putAll(defaults);
    for (String name : overrides.stringPropertyNames()) {
      merged.setProperty(name, overrides.getProperty(name));
    }
    return merged;
  }

  /** Kafka's constructors wrap the reason in "Failed to construct kafka producer". */
  static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
