package dev.quadstream.dataset;

/** A dataset was asked for by a flag that goes with another kind of dataset. */
public final class UnfittingFlagException extends DatasetException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which flag, and why it does not go with which dataset
   */
  public UnfittingFlagException(String message) {
    super(message);
  }
}
