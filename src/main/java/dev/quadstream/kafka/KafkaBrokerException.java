package dev.quadstream.kafka;

/** A broker that this program starts itself did not come up; the message says which and why. */
public final class KafkaBrokerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KafkaBrokerException(String message, Throwable cause) {
    super(message, cause);
  }
}
