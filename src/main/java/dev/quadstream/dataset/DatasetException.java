package dev.quadstream.dataset;

/** A source of images that is not what it should be; the message says which and what to do. */
public class DatasetException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong with which source, and what to do
   */
  public DatasetException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong with which source, and what to do
   * @param cause what was met
   */
  public DatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
