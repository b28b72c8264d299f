package dev.quadstream.stream.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.Uuid;

/** The connector's own form of a split behind the topic's id. Reads the connector's own, too. */
final class TopicSplitSerializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {

  /** Far from those of the connector. */
  private static final int VERSION = 1_000;

  private final SimpleVersionedSerializer<KafkaPartitionSplit> kafka;

  TopicSplitSerializer(SimpleVersionedSerializer<KafkaPartitionSplit> kafka) {
    this.kafka = kafka;
  }

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(KafkaPartitionSplit split) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    Uuid id = TopicSplit.topicIdOf(split);
    out.writeBoolean(id != null);
    if (id != null) {
      out.writeLong(id.getMostSignificantBits());
      out.writeLong(id.getLeastSignificantBits());
    }
    out.writeInt(kafka.getVersion());
    out.write(kafka.serialize(split));
    return bytes.toByteArray();
  }

  @Override
  public KafkaPartitionSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      return kafka.deserialize(version, serialized);
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
    Uuid id = in.readBoolean() ? new Uuid(in.readLong(), in.readLong()) : null;
    KafkaPartitionSplit split = kafka.deserialize(in.readInt(), in.readAllBytes());
    return id == null ? split : new TopicSplit(split, id);
  }
}
