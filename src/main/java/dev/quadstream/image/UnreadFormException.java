package dev.quadstream.image;

import java.io.IOException;

/** A file of a format that is read, in a form of it that is not; the message names the form. */
final class UnreadFormException extends IOException {

  private static final long serialVersionUID = 1L;

  /** The form as a phrase: "a lossless JPEG". */
  UnreadFormException(String form) {
    super(form);
  }
}
