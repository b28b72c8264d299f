package dev.quadstream.stream.source;

import dev.quadstream.kafka.SourceRecord;
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
import org.apache.kafka.common.TopicPartition;

/**
 * Has the connector's reader never fetch what is to be skipped: a record that expands to gigabytes
 * ends in Kafka's client, before the job sees it. A partition is read up to such a record, which
 * comes out {@linkplain SourceRecord#unread empty}, and then from behind it.
 *
 * <p>What has not been written yet as a partition is taken up is not skipped. Not thread-safe.
 */
final class UnfetchedRecords {

  /**
   * The connector keeps the end of the split that a partition had before, where its thread has not
   * rested since, and would take a split without one to have come to that.
   */
  private static final long NO_END = Long.MAX_VALUE;

  private final SourceReader<SourceRecord, KafkaPartitionSplit> kafka;
  private final SkippedRecords skipped;

  /** What follows where the connector comes to the end of a split, by the split's name. */
  private final Map<String, Ahead> ahead = new HashMap<>();

  private Map<TopicPartition, Long> ends = Map.of();

  private record Ahead(TopicPartition partition, Stretch stretch) {}

  UnfetchedRecords(SourceReader<SourceRecord, KafkaPartitionSplit> kafka, SkippedRecords skipped) {
    this.kafka = kafka;
    this.skipped = skipped;
  }

  /**
   * Gives the reader its splits, each up to the first record of its that is to be skipped.
   *
   * @param endsOfTopic the offset after the last of each partition
   */
  void addSplits(List<KafkaPartitionSplit> splits, Map<TopicPartition, Long> endsOfTopic) {
    if (skipped.isEmpty()) {
      kafka.addSplits(splits);
      return;
    }
    ends = endsOfTopic;
    kafka.addSplits(
        splits.stream()
            .map(split -> upToTheNext(split.getTopicPartition(), split.getStartingOffset()))
            .toList());
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
  InputStatus pollNext(ReaderOutput<SourceRecord> output) throws Exception {
    if (ahead.isEmpty()) {
      return kafka.pollNext(output);
    }
    Ends watched = new Ends(output, new ArrayList<>());
    InputStatus status = kafka.pollNext(watched);
    for (String split : watched.ended()) {
      goOn(split, ahead.remove(split), output);
    }
    return watched.ended().isEmpty() ? status : InputStatus.MORE_AVAILABLE;
  }

  private void goOn(String split, Ahead next, ReaderOutput<SourceRecord> output) {
    if (next == null) {
      return;
    }
    TopicPartition partition = next.partition();
    SourceOutput<SourceRecord> ofSplit = output.createOutputForSplit(split);
    for (long offset = next.stretch().first(); offset <= next.stretch().last(); offset++) {
      ofSplit.collect(SourceRecord.unread(partition.topic(), partition.partition(), offset));
    }
    kafka.addSplits(List.of(upToTheNext(partition, next.stretch().last() + 1)));
  }

  /** Notes the splits that the connector has come to the end of, and passes on all else. */
  private record Ends(ReaderOutput<SourceRecord> output, List<String> ended)
      implements ReaderOutput<SourceRecord> {

    @Override
    public void releaseOutputForSplit(String splitId) {
      output.releaseOutputForSplit(splitId);
      ended.add(splitId);
    }

    @Override
    public SourceOutput<SourceRecord> createOutputForSplit(String splitId) {
      return output.createOutputForSplit(splitId);
    }

    @Override
    public void collect(SourceRecord source) {
      output.collect(source);
    }

    @Override
    public void collect(SourceRecord source, long timestamp) {
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
