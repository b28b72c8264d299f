package dev.quadstream.stream;

import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.RecordFormats;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The commands to a network among the records of the releases topic; the pointers there are passed
 * over, and what is under a command's key and is none is counted and logged.
 */
final class ReleaseCommandMessages implements KafkaRecordDeserializationSchema<ReleaseCommand> {

  private static final long serialVersionUID = 1L;

  private final String network;
  private transient Counter refused;

  ReleaseCommandMessages(String network) {
    this.network = network;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    refused = context.getMetricGroup().counter("releaseCommandsRefused");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<ReleaseCommand> out) {
    if (message.key() == null
        || message.value() == null
        || !ReleaseCommand.isKey(new String(message.key(), StandardCharsets.UTF_8), network)) {
      return;
    }
    ForeignJson.read(message, ReleaseCommand.class, "release command")
        .ifPresentOrElse(out::collect, refused::inc);
  }

  @Override
  public TypeInformation<ReleaseCommand> getProducedType() {
    return RecordFormats.typeOf(RecordFormats.RELEASE_COMMAND);
  }
}
