package dev.quadstream.stream.source;

import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.Uuid;

/** A partition and where to read on, with the id of the topic that this is meant of. */
final class TopicSplit extends KafkaPartitionSplit {

  private final Uuid topicId;

  TopicSplit(KafkaPartitionSplit split, Uuid topicId) {
    super(
        split.getTopicPartition(),
        split.getStartingOffset(),
        split.getStoppingOffset().orElse(NO_STOPPING_OFFSET));
    this.topicId = topicId;
  }

  /** The id that a split says, or null for one that was just found or is of an earlier version. */
  static Uuid topicIdOf(KafkaPartitionSplit split) {
    return split instanceof TopicSplit known ? known.topicId : null;
  }
}
