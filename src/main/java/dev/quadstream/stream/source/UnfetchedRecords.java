package dev.quadstream.stream.source;

import dev.quadstream.kafka.TopicExtent;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.SkippedRecords;
import dev.quadstream.stream.options.SkippedRecords.Stretch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the connector's reader never fetch what is to be skipped: a record that expands to gigabytes
 * ends in Kafka's client, before the job sees it. A partition is read up to such a record, what
 * stands for it comes out, and then from behind it.
 *
 * <p>What has not been written yet as a partition is taken up is not skipped. Not thread-safe.
 */
final class UnfetchedRecords<T> {

  private static final Logger LOG = LoggerFactory.getLogger(UnfetchedRecords.class);

  /**
   * The connector keeps the end of the split that a partition had before, where its thread has not
   * rested since, and would take a split without one to have come to that.
   */
  private static final long NO_END = Long.MAX_VALUE;

  private final SourceReader<T, KafkaPartitionSplit> kafka;
  private final SkippedRecords skipped;
  private final Placeholder<T> placeholder;
  private final Counter count;

  /** What follows where the connector comes to the end of a split, by the split's name. */
  private final Map<String, Ahead> ahead = new HashMap<>();

  private Map<TopicPartition, Long> ends = Map.of();

  private record Ahead(TopicPartition partition, Stretch stretch) {}

  /**
   * Reads as the reader does.
   *
   * @param placeholder what comes out where a record is skipped
   * @param count of those that were
   */
  UnfetchedRecords(
      SourceReader<T, KafkaPartitionSplit> kafka,
      SkippedRecords skipped,
      Placeholder<T> placeholder,
      Counter count) {
    this.kafka = kafka;
    this.skipped = skipped;
    this.placeholder = placeholder;
    this.count = count;
  }

  /**
   * Gives the reader its splits, each up to the first record of its that is to be skipped.
   *
   * @param extent of the topic now
   */
  void addSplits(List<KafkaPartitionSplit> splits, TopicExtent extent) {
    ends = extent.ends();
    kafka.addSplits(
        splits.stream()
            .map(split -> upToTheNext(split.getTopicPartition(), begin(split, extent)))
            .toList());
  }

  /** Below it the split of a partition that was added has the connector's sign for the first. */
  private static long begin(KafkaPartitionSplit split, TopicExtent extent) {
    return Math.max(
        split.getStartingOffset(), extent.begins().getOrDefault(split.getTopicPartition(), 0L));
  }

  private KafkaPartitionSplit upToTheNext(TopicPartition partition, long from) {
    return skipped
        .next(partition.partition(), from, ends.getOrDefault(partition, 0L))
        .map(stretch -> upTo(partition, from, stretch))
        .orElseGet(() -> new KafkaPartitionSplit(partition, from, NO_END));
  }

  private KafkaPartitionSplit upTo(TopicPartition partition, long from, Stretch stretch) {
    KafkaPartitionSplit split = new KafkaPartitionSplit(partition, from, stretch.first());
    ahead.put(split.splitId(), new Ahead(partition, stretch));
    return split;
  }

  /** As the reader's; where it comes to a record that is to be skipped, it reads on behind it. */
  InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    if (ahead.isEmpty()) {
      return kafka.pollNext(output);
    }
    Ends<T> watched = new Ends<>(output, new ArrayList<>());
    InputStatus status = kafka.pollNext(watched);
    for (String split : watched.ended()) {
      readBehind(split, ahead.remove(split), output);
    }
    return watched.ended().isEmpty() ? status : InputStatus.MORE_AVAILABLE;
  }

  private void readBehind(String split, Ahead next, ReaderOutput<T> output) {
    if (next == null) {
      return;
    }
    TopicPartition partition = next.partition();
    SourceOutput<T> ofSplit = output.createOutputForSplit(split);
    for (long offset = next.stretch().first(); offset <= next.stretch().last(); offset++) {
      placeholder.of(partition, offset).ifPresent(ofSplit::collect);
    }
    count.inc(next.stretch().last() - next.stretch().first() + 1);
    LOG.warn(
        "Offsets {} to {} of {} are passed over, unread, as {} says.",
        next.stretch().first(),
        next.stretch().last(),
        partition,
        KafkaConfig.SKIP.key());
    kafka.addSplits(List.of(upToTheNext(partition, next.stretch().last() + 1)));
  }

  /** Notes the splits that the connector has come to the end of, and passes on all else. */
  private record Ends<T>(ReaderOutput<T> output, List<String> ended) implements ReaderOutput<T> {

    @Override
    public void releaseOutputForSplit(String splitId) {
      output.releaseOutputForSplit(splitId);
      ended.add(splitId);
    }

    @Override
    public SourceOutput<T> createOutputForSplit(String splitId) {
      return output.createOutputForSplit(splitId);
    }

    @Override
    public void collect(T source) {
      output.collect(source);
    }

    @Override
    public void collect(T source, long timestamp) {
      output.collect(source, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      output.markIdle();
    }

    @Override
    public void markActive() {
      output.markActive();
    }
  }
}
