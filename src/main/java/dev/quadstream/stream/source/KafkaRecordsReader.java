package dev.quadstream.stream.source;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicExtent;
import dev.quadstream.kafka.UnreadableRecords;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.SkippedRecords;
import dev.quadstream.stream.options.SkippedRecords.Stretch;
import dev.quadstream.stream.startup.FinalFailure;
import dev.quadstream.stream.startup.StartRefusedException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.common.TopicPartition;

/**
 * The connector's reader, which never fetches what is to be skipped, and names a record that
 * Kafka's client cannot hand out.
 */
final class KafkaRecordsReader<T> implements SourceReader<T, KafkaPartitionSplit> {

  private final SourceReader<T, KafkaPartitionSplit> kafka;
  private final KafkaConnection connection;
  private final String topic;
  private final SkippedRecords skipped;
  private final UnfetchedRecords<T> unfetched;

  /**
   * A reader of a topic.
   *
   * @param connection of whatever else it asks of the broker
   * @param placeholder what comes out in place of what is skipped
   * @param count of what was
   */
  KafkaRecordsReader(
      SourceReader<T, KafkaPartitionSplit> kafka,
      KafkaConnection connection,
      String topic,
      SkippedRecords skipped,
      Placeholder<T> placeholder,
      Counter count) {
    this.kafka = kafka;
    this.connection = connection;
    this.topic = topic;
    this.skipped = skipped;
    this.unfetched = new UnfetchedRecords<>(kafka, skipped, placeholder, count);
  }

  @Override
  public void start() {
    kafka.start();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    requireOf(topic, splits);
    if (skipped.isEmpty()) {
      kafka.addSplits(splits);
      return;
    }
    try (TopicAdmin admin = new TopicAdmin(connection)) {
      addSplits(splits, admin.extent(topic));
    }
  }

  /**
   * What a checkpoint was reading would be read on, wherever the options say by now that the
   * records are.
   *
   * @throws RuntimeException that ends the job, around an exception naming both topics
   */
  static void requireOf(String topic, List<KafkaPartitionSplit> splits) {
    for (KafkaPartitionSplit split : splits) {
      if (!split.getTopic().equals(topic)) {
        throw FinalFailure.of(
            new StartRefusedException(
                "The checkpoint reads topic %s, and with the job's %s it would be %s. Set it back, or begin a new run with --new-run."
                    .formatted(split.getTopic(), KafkaConfig.TOPIC_PREFIX.key(), topic)));
      }
    }
  }

  /**
   * The same where it is known what the topic holds.
   *
   * @param extent of the topic now
   */
  void addSplits(List<KafkaPartitionSplit> splits, TopicExtent extent) {
    if (skipped.isEmpty()) {
      kafka.addSplits(splits);
    } else {
      unfetched.addSplits(splits, extent);
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    try {
      return unfetched.pollNext(output);
    } catch (IOException | RuntimeException e) {
      // It has ended, so that it may be asked where it was.
      Map<TopicPartition, Long> positions =
          kafka.snapshotState(Long.MAX_VALUE).stream()
              .collect(
                  Collectors.toMap(
                      KafkaPartitionSplit::getTopicPartition,
                      KafkaPartitionSplit::getStartingOffset));
      Optional<UnreadableRecords> records =
          UnreadableRecords.find(e, connection, positions, UnreadableRecords.MAX_AHEAD);
      if (records.isPresent()) {
        throw new IOException(describe(records.get()), e);
      }
      throw e;
    }
  }

  private String describe(UnreadableRecords records) {
    TopicPartition partition = records.partition();
    return "Kafka's client cannot read partition %d of topic %s at %s (%s): the record is damaged, or expands to more than the heap takes. --set %s=%s passes over it and says where it lies."
        .formatted(
            partition.partition(),
            partition.topic(),
            records.offsets(),
            records.failure(),
            KafkaConfig.SKIP.key(),
            skipped.text(new Stretch(partition.partition(), records.first(), records.last())));
  }

  /** Without ends: the next start may skip others. */
  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    return kafka.snapshotState(checkpointId).stream()
        .map(split -> new KafkaPartitionSplit(split.getTopicPartition(), split.getStartingOffset()))
        .toList();
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return kafka.isAvailable();
  }

  @Override
  public void notifyNoMoreSplits() {
    kafka.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    kafka.handleSourceEvents(event);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    kafka.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    kafka.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
    kafka.pauseOrResumeSplits(toPause, toResume);
  }

  @Override
  public void close() throws Exception {
    kafka.close();
  }
}
