package dev.quadstream.dashboard;

/** A request that cannot be answered; the message is for the person at the page. */
final class RequestException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  RequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }
}
