package dev.quadstream.network.file;

import java.io.IOException;

/** A model file that this release cannot read; the message says why. */
public final class ModelFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  public ModelFormatException(String message) {
    super(message);
  }

  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
