package dev.quadstream.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions of topics, those too that are added while the topics are read. Not thread-safe.
 */
final class PartitionsOfTopics {

  /** How old the client's knowledge of a topic's partitions may be; asking it again is free. */
  static final String METADATA_MAX_AGE_MILLIS = "10000";

  private final Consumer<?, ?> consumer;
  private final Collection<String> topics;

  PartitionsOfTopics(Consumer<?, ?> consumer, Collection<String> topics) {
    this.consumer = consumer;
    this.topics = List.copyOf(topics);
  }

  List<TopicPartition> all() {
    List<TopicPartition> found = new ArrayList<>();
    for (String topic : topics) {
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        found.add(new TopicPartition(topic, partition.partition()));
      }
    }
    return found;
  }

  /** Reads partitions that are new as well, each from its first record. */
  void follow() {
    Set<TopicPartition> read = consumer.assignment();
    List<TopicPartition> now;
    try {
      now = all();
    } catch (KafkaException e) {
      // A topic that goes away shows where it is read.
      return;
    }
    List<TopicPartition> added =
        now.stream().filter(partition -> !read.contains(partition)).toList();
    if (added.isEmpty()) {
      return;
    }
    List<TopicPartition> together = new ArrayList<>(read);
    together.addAll(added);
    consumer.assign(together);
    consumer.seekToBeginning(added);
  }
}
