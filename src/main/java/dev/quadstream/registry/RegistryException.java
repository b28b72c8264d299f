package dev.quadstream.registry;

import dev.quadstream.json.PrintableText;

/**
 * The model registry cannot be used; the message names the file or directory and the reason, as
 * {@linkplain PrintableText printable} text, since manifests quote what others wrote.
 */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RegistryException(String message) {
    this(message, null);
  }

  /** With what it is about, and what to do. */
  public RegistryException(String message, Throwable cause) {
    super(PrintableText.of(message), cause);
  }
}
