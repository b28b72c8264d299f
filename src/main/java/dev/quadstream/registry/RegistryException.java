package dev.quadstream.registry;

import dev.quadstream.json.PrintableText;

/**
 * The model registry cannot be used; the message names the file or directory and the reason, as
 * {@linkplain PrintableText printable} text, since manifests quote what others wrote.
 */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean lost;

  RegistryException(String message) {
    this(message, false, null);
  }

  /** With what it is about, and what to do. */
  public RegistryException(String message, Throwable cause) {
    this(message, false, cause);
  }

  private RegistryException(String message, boolean lost, Throwable cause) {
    super(PrintableText.of(message), cause);
    this.lost = lost;
  }

  /** Where a file is gone or damaged, and not only out of reach. */
  public static RegistryException lost(String message) {
    return new RegistryException(message, true, null);
  }

  /** The same, with what it is about in front. */
  public RegistryException within(String context) {
    return new RegistryException("%s: %s".formatted(context, getMessage()), lost, this);
  }

  /** Whether a file is gone or damaged, so that reading it again leads to the same. */
  public boolean isLost() {
    return lost;
  }
}
