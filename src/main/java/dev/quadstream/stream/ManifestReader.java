package dev.quadstream.stream;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.registry.ModelManifest;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads manifests off the models topic, which others may write to as well. */
final class ManifestReader {

  private static final Logger LOG = LoggerFactory.getLogger(ManifestReader.class);

  /** Many times what the job writes. */
  private static final int MOST_BYTES = 64 << 10;

  private ManifestReader() {}

  /** The manifest, or nothing for a tombstone and for what is no manifest, which is logged. */
  static Optional<ModelManifest> read(ConsumerRecord<byte[], byte[]> message) {
    if (message.value() == null) {
      return Optional.empty();
    }
    if (message.value().length > MOST_BYTES) {
      LOG.warn(
          "Record {}-{}-{} has {} bytes, more than a model manifest can have, and is skipped.",
          message.topic(),
          message.partition(),
          message.offset(),
          message.value().length);
      return Optional.empty();
    }
    try {
      return Optional.of(JsonMessages.read(message.value(), ModelManifest.class));
    } catch (MalformedMessageException e) {
      LOG.warn(
          "Record {}-{}-{} is no model manifest and is skipped: {}",
          message.topic(),
          message.partition(),
          message.offset(),
          e.getMessage());
      return Optional.empty();
    }
  }
}
