package dev.quadstream.stream;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads JSON off topics that others than the job may write to as well. */
final class ForeignJson {

  private static final Logger LOG = LoggerFactory.getLogger(ForeignJson.class);

  /** Many times what the job writes. */
  private static final int MAX_BYTES = 64 << 10;

  private ForeignJson() {}

  /**
   * What a record holds, or nothing where it is of another kind, which is logged.
   *
   * @param message with a value
   * @param kind for people, such as "model manifest"
   */
  static <T> Optional<T> read(ConsumerRecord<byte[], byte[]> message, Class<T> type, String kind) {
    if (message.value().length > MAX_BYTES) {
      LOG.warn(
          "Record {}-{}-{} has {} bytes, more than a {} can have, and is skipped.",
          message.topic(),
          message.partition(),
          message.offset(),
          message.value().length,
          kind);
      return Optional.empty();
    }
    try {
      return Optional.of(JsonMessages.read(message.value(), type));
    } catch (MalformedMessageException e) {
      LOG.warn(
          "Record {}-{}-{} is no {} and is skipped: {}",
          message.topic(),
          message.partition(),
          message.offset(),
          kind,
          e.getMessage());
      return Optional.empty();
    }
  }
}
