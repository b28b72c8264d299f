package dev.quadstream.registry;

/** The model registry cannot be used; the message names the file or directory and the reason. */
public final class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RegistryException(String message) {
    super(message);
  }

  /** With what it is about, and what to do. */
  public RegistryException(String message, Throwable cause) {
    super(message, cause);
  }
}
