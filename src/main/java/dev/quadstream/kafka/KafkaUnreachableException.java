package dev.quadstream.kafka;

/** No broker answered at the configured addresses; the message names them. */
public final class KafkaUnreachableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KafkaUnreachableException(String bootstrapServers, Throwable cause) {
    super(
        "Kafka cannot be reached at %s: %s. Check the address, that a broker listens there, and the security settings."
            .formatted(bootstrapServers, withoutFullStop(cause)),
        cause);
  }

  private static String withoutFullStop(Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
