package dev.quadstream.stream.options;

/**
 * A configuration that cannot be used; the message says what is wrong, where it was said and what
 * to do.
 */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConfigurationException(String message) {
    super(message);
  }

  ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
