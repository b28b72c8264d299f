package dev.quadstream.serve.http;

/** A request that cannot be answered; the message is for the person at the page. */
public final class RequestException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  public RequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
