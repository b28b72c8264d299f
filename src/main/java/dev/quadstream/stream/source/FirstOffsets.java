package dev.quadstream.stream.source;

import dev.quadstream.stream.options.KafkaConfig.StartingOffsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** Where a job that has no state begins, by offsets and not by names for them. */
final class FirstOffsets implements OffsetsInitializer {

  private static final long serialVersionUID = 1L;

  private final StartingOffsets start;

  FirstOffsets(StartingOffsets start) {
    this.start = start;
  }

  @Override
  public Map<TopicPartition, Long> getPartitionOffsets(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever offsets) {
    return switch (start) {
      case EARLIEST -> offsets.beginningOffsets(partitions);
      case LATEST -> offsets.endOffsets(partitions);
      case COMMITTED -> committed(partitions, offsets);
    };
  }

  private static Map<TopicPartition, Long> committed(
      Collection<TopicPartition> partitions, PartitionOffsetsRetriever offsets) {
    Map<TopicPartition, Long> found = new HashMap<>(offsets.committedOffsets(partitions));
    List<TopicPartition> missing = new ArrayList<>(partitions);
    missing.removeAll(found.keySet());
    found.putAll(offsets.beginningOffsets(missing));
    return found;
  }

  /** A consumer that began elsewhere by itself would pass over records in silence. */
  @Override
  public OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
