package dev.quadstream.kafka;

/** An image could not be sent; the message names it, the topic and the reason. */
public final class KafkaSendException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KafkaSendException(String id, String topic, Throwable cause) {
    super(
        "Image '%s' was not sent to topic '%s': %s".formatted(id, topic, cause.getMessage()),
        cause);
  }
}
