package dev.quadstream.kafka;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What a topic holds at a moment.
 *
 * @param id by which a topic that was deleted and made anew is told from the earlier one
 * @param begins the first offset of each partition
 * @param ends the offset after the last of each partition
 */
public record TopicExtent(
    Uuid id, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {

  /** Copies the maps. */
  public TopicExtent {
    begins = Map.copyOf(begins);
    ends = Map.copyOf(ends);
  }
}
