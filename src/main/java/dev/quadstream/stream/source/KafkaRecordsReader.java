package dev.quadstream.stream.source;

import dev.quadstream.kafka.JobPresence;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's reader, which compares where it is to read on with what the topic holds and tells
 * of what is missing before it reads, never fetches what is to be skipped, and names a record that
 * Kafka's client cannot hand out.
 *
 * <p>While it reads, an offset that is gone fails the job, since the consumer does not move by
 * itself, and the topic's id is asked for now and then; the job restarts, and what is missing is
 * told here.
 */
final class KafkaRecordsReader<T> implements SourceReader<T, KafkaPartitionSplit> {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaRecordsReader.class);
  private static final long ID_CHECK_NANOS = Duration.ofSeconds(10).toNanos();

  private final SourceReader<T, KafkaPartitionSplit> kafka;
  private final KafkaConnection connection;
  private final TopicAdmin admin;
  private final String topic;
  private final SkippedRecords skipped;
  private final Placeholder<T> placeholder;
  private final UnfetchedRecords<T> unfetched;
  private final boolean readsAgain;
  private final Supplier<JobPresence> joining;

  /** Told with the next records, by the split's name. */
  private final Map<String, ResumedSplit> gaps = new LinkedHashMap<>();

  /** Null before the start, and where another reader is the one that joins. */
  private JobPresence presence;

  private Uuid topicId;
  private long lastIdCheck = System.nanoTime();

  /** Set by the thread of the admin client. */
  private volatile Uuid newTopicId;

  /**
   * A reader of a topic.
   *
   * @param connection of whatever else it asks of the broker
   * @param admin for the same broker; is the reader's, which closes it
   * @param placeholder what comes out in place of what is skipped or gone
   * @param count of what was skipped
   * @param readsAgain whether a topic that ends before where it is to be read on is read from its
   *     beginning, since what is read twice there says nothing new
   * @param joining shows other jobs that this one reads; gives null where another reader does
   */
  KafkaRecordsReader(
      SourceReader<T, KafkaPartitionSplit> kafka,
      KafkaConnection connection,
      TopicAdmin admin,
      String topic,
      SkippedRecords skipped,
      Placeholder<T> placeholder,
      Counter count,
      boolean readsAgain,
      Supplier<JobPresence> joining) {
    this.kafka = kafka;
    this.connection = connection;
    this.admin = admin;
    this.topic = topic;
    this.skipped = skipped;
    this.placeholder = placeholder;
    this.unfetched = new UnfetchedRecords<>(kafka, skipped, placeholder, count);
    this.readsAgain = readsAgain;
    this.joining = joining;
  }

  @Override
  public void start() {
    presence = joining.get();
    kafka.start();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    requireOfTopic(splits);
    TopicExtent extent = admin.extent(topic);
    if (topicId != null && !topicId.equals(extent.id())) {
      throw new IllegalStateException(recreated(extent.id()));
    }
    topicId = extent.id();
    List<KafkaPartitionSplit> toRead = new ArrayList<>();
    for (KafkaPartitionSplit split : splits) {
      ResumedSplit resumed = ResumedSplit.of(split, extent, readsAgain);
      if (resumed.gap() != null) {
        LOG.warn(resumed.gap().why());
        gaps.put(split.splitId(), resumed);
      }
      toRead.add(resumed.toRead(topicId));
    }
    if (skipped.isEmpty()) {
      kafka.addSplits(toRead);
    } else {
      unfetched.addSplits(toRead, extent);
    }
  }

  /**
   * What a checkpoint was reading would be read on, wherever the options say by now that the
   * records are.
   *
   * @throws RuntimeException that ends the job, around an exception naming both topics
   */
  private void requireOfTopic(List<KafkaPartitionSplit> splits) {
    for (KafkaPartitionSplit split : splits) {
      if (!split.getTopic().equals(topic)) {
        throw FinalFailure.of(
            new StartRefusedException(
                "The checkpoint reads topic %s, and with the job's %s it would be %s. Set it back, or begin a new run with --new-run."
                    .formatted(split.getTopic(), KafkaConfig.TOPIC_PREFIX.key(), topic)));
      }
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    requireSameTopic();
    if (!gaps.isEmpty()) {
      tell(gaps.keySet().iterator().next(), output);
      return InputStatus.MORE_AVAILABLE;
    }
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

  private void tell(String split, ReaderOutput<T> output) {
    placeholder.of(gaps.remove(split).gap()).ifPresent(output.createOutputForSplit(split)::collect);
  }

  private void requireSameTopic() throws IOException {
    if (newTopicId != null) {
      throw new IOException(recreated(newTopicId));
    }
    long now = System.nanoTime();
    if (topicId != null && now - lastIdCheck > ID_CHECK_NANOS) {
      lastIdCheck = now;
      // Where it cannot be asked for, reading will say why.
      admin.idOf(topic).thenAccept(this::compare);
    }
  }

  private void compare(Uuid id) {
    if (!id.equals(topicId)) {
      newTopicId = id;
    }
  }

  private String recreated(Uuid id) {
    return "Topic %s was deleted and made anew while it was read (id %s, before %s). The job restarts and reads the new one from its beginning."
        .formatted(topic, id, topicId);
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

  /** Without ends: the next start may skip others. What was not told yet is still to be found. */
  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    List<KafkaPartitionSplit> splits = new ArrayList<>();
    for (KafkaPartitionSplit split : kafka.snapshotState(checkpointId)) {
      ResumedSplit untold = gaps.get(split.splitId());
      splits.add(
          untold == null
              ? new TopicSplit(
                  new KafkaPartitionSplit(split.getTopicPartition(), split.getStartingOffset()),
                  topicId)
              : untold.split());
    }
    return splits;
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return gaps.isEmpty() ? kafka.isAvailable() : CompletableFuture.completedFuture(null);
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
    try (admin;
        JobPresence shown = presence) {
      kafka.close();
    }
  }
}
