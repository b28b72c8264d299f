package dev.quadstream.dataset;

/** A dataset that its authors divided has no such part. */
public final class MissingPartException extends DatasetException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which part of which dataset, and which ones there are
   */
  public MissingPartException(String message) {
    super(message);
  }
}
