package dev.quadstream.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.json.MalformedMessageException;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.RecordFormat;
import dev.quadstream.stream.format.RecordFormats;
import java.io.Serializable;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON off topics that others than the job may write to as well: what is of another kind is skipped
 * with a warning.
 */
final class JsonRecords<T> implements KafkaRecordDeserializationSchema<T> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(JsonRecords.class);

  /** Many times what the job writes. */
  private static final int MAX_BYTES = 64 << 10;

  private final RecordFormat<T> format;
  private final String kind;
  private final Keys keys;
  private final String counter;
  private transient Counter refused;

  /** Which records are read at all; the others are passed over. */
  private interface Keys extends Serializable {
    boolean include(byte[] key);
  }

  /** {@code counter} of what is skipped may be null. */
  private JsonRecords(RecordFormat<T> format, String kind, Keys keys, String counter) {
    this.format = format;
    this.kind = kind;
    this.keys = keys;
    this.counter = counter;
  }

  static JsonRecords<ModelManifest> manifests() {
    return new JsonRecords<>(RecordFormats.MANIFEST, "model manifest", key -> true, null);
  }

  /** The commands to a network among the records of the releases topic. */
  static JsonRecords<ReleaseCommand> releaseCommands(String network) {
    return new JsonRecords<>(
        RecordFormats.RELEASE_COMMAND,
        "release command",
        key -> key != null && ReleaseCommand.isKey(new String(key, UTF_8), network),
        "releaseCommandsRefused");
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    refused = counter == null ? new SimpleCounter() : context.getMetricGroup().counter(counter);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<T> out) {
    if (message.value() == null || !keys.include(message.key())) {
      return;
    }
    if (message.value().length > MAX_BYTES) {
      refuse(message, "its %d bytes are more than one can have".formatted(message.value().length));
      return;
    }
    T read;
    try {
      read = JsonMessages.read(message.value(), format.type());
    } catch (MalformedMessageException e) {
      refuse(message, e.getMessage());
      return;
    }
    out.collect(read);
  }

  private void refuse(ConsumerRecord<byte[], byte[]> message, String why) {
    refused.inc();
    LOG.warn(
        "Record {}-{}-{} is no {} and is skipped: {}",
        message.topic(),
        message.partition(),
        message.offset(),
        kind,
        why);
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return RecordFormats.typeOf(format);
  }
}
