package dev.quadstream.stream.source;

import dev.quadstream.kafka.OffsetGap;
import dev.quadstream.kafka.TopicExtent;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Where a partition is really read on, and what is missing up to there.
 *
 * @param split as it was to be read on
 * @param offset where there is something to read
 * @param gap null where both are the same
 */
record ResumedSplit(KafkaPartitionSplit split, long offset, OffsetGap gap) {

  /**
   * Compares where a partition is to be read on with what its topic holds.
   *
   * @param readsAgain whether a topic that ends before is read from its beginning, since what is
   *     read twice there says nothing new
   * @throws IllegalStateException if the topic has no such partition
   */
  static ResumedSplit of(KafkaPartitionSplit split, TopicExtent topic, boolean readsAgain) {
    TopicPartition partition = split.getTopicPartition();
    if (!topic.begins().containsKey(partition)) {
      throw new IllegalStateException(
          "Topic %s has %d partitions, and the job has read partition %d up to offset %d. Give the topic as many partitions as it had, or begin a new run with --new-run."
              .formatted(
                  partition.topic(),
                  topic.begins().size(),
                  partition.partition(),
                  split.getStartingOffset()));
    }
    long wanted = split.getStartingOffset();
    if (wanted < 0) {
      // The connector's sign for the beginning, of a partition that was added.
      return new ResumedSplit(split, wanted, null);
    }
    long begin = topic.begins().get(partition);
    long end = topic.ends().get(partition);
    Uuid known = TopicSplit.topicIdOf(split);
    if (known != null && !known.equals(topic.id())) {
      return new ResumedSplit(
          split,
          begin,
          gap(
              partition,
              wanted - 1,
              begin,
              "Topic %s was deleted and made anew (id %s, before %s): partition %d had been read up to offset %d, what came after is gone, and the new topic is read from its offset %d on."
                  .formatted(
                      partition.topic(),
                      topic.id(),
                      known,
                      partition.partition(),
                      wanted - 1,
                      begin)));
    }
    if (wanted < begin) {
      return new ResumedSplit(
          split,
          begin,
          gap(
              partition,
              begin - 1,
              begin - wanted,
              "Offsets %d to %d of partition %d of topic %s, %d records, were gone before they were read: their retention ended, or someone deleted them. The job reads on from offset %d. A longer retention, or a job that keeps up, prevents it."
                  .formatted(
                      wanted,
                      begin - 1,
                      partition.partition(),
                      partition.topic(),
                      begin - wanted,
                      begin)));
    }
    if (wanted > end) {
      long from = readsAgain ? begin : end;
      return new ResumedSplit(
          split,
          from,
          gap(
              partition,
              wanted - 1,
              0,
              "Partition %d of topic %s ends at offset %d and had been read up to %d: the broker has lost records, or it is another topic of that name. The job reads on from offset %d."
                  .formatted(partition.partition(), partition.topic(), end, wanted - 1, from)));
    }
    return new ResumedSplit(split, wanted, null);
  }

  TopicSplit toRead(Uuid topicId) {
    return new TopicSplit(
        new KafkaPartitionSplit(
            split.getTopicPartition(),
            offset,
            split.getStoppingOffset().orElse(KafkaPartitionSplit.NO_STOPPING_OFFSET)),
        topicId);
  }

  private static OffsetGap gap(TopicPartition partition, long last, long records, String why) {
    return new OffsetGap(partition.topic(), partition.partition(), last, records, why);
  }
}
