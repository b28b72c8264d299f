package dev.quadstream.backbone;

/** A file that cannot be a backbone; the message names it, and says why and what to do. */
public final class BackboneException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  BackboneException(String message) {
    super(message);
  }

  BackboneException(String message, Throwable cause) {
    super(message, cause);
  }
}
