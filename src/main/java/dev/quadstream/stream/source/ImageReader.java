package dev.quadstream.stream.source;

import dev.quadstream.kafka.JobPresence;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicExtent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.Uuid;

/**
 * The connector's reader, which compares where it is to read on with what the topic holds, and
 * tells of what is missing before it reads.
 *
 * <p>While it reads, an offset that is gone fails the job, since the consumer does not move by
 * itself, and the topic's id is asked for now and then; the job restarts, and what is missing is
 * told here.
 */
final class ImageReader implements SourceReader<SourceRecord, KafkaPartitionSplit> {

  private static final long ID_CHECK_NANOS = Duration.ofSeconds(10).toNanos();

  private final KafkaRecordsReader<SourceRecord> kafka;
  private final TopicAdmin admin;
  private final String topic;
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
   * @param admin is the reader's, which closes it
   * @param joining shows other jobs that this one reads; gives null where another reader does
   */
  ImageReader(
      KafkaRecordsReader<SourceRecord> kafka,
      TopicAdmin admin,
      String topic,
      Supplier<JobPresence> joining) {
    this.kafka = kafka;
    this.admin = admin;
    this.topic = topic;
    this.joining = joining;
  }

  @Override
  public void start() {
    presence = joining.get();
    kafka.start();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
    KafkaRecordsReader.requireOf(topic, splits);
    TopicExtent extent = admin.extent(topic);
    if (topicId != null && !topicId.equals(extent.id())) {
      throw new IllegalStateException(recreated(extent.id()));
    }
    topicId = extent.id();
    List<KafkaPartitionSplit> toRead = new ArrayList<>();
    for (KafkaPartitionSplit split : splits) {
      ResumedSplit resumed = ResumedSplit.of(split, extent);
      if (resumed.gap() != null) {
        gaps.put(split.splitId(), resumed);
      }
      toRead.add(resumed.toRead(topicId));
    }
    kafka.addSplits(toRead, extent);
  }

  @Override
  public InputStatus pollNext(ReaderOutput<SourceRecord> output) throws Exception {
    requireSameTopic();
    if (gaps.isEmpty()) {
      return kafka.pollNext(output);
    }
    String split = gaps.keySet().iterator().next();
    output.createOutputForSplit(split).collect(SourceRecord.of(gaps.remove(split).gap()));
    return InputStatus.MORE_AVAILABLE;
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

  /** What has not been told yet is still to be found after a restore. */
  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    List<KafkaPartitionSplit> splits = new ArrayList<>();
    for (KafkaPartitionSplit split : kafka.snapshotState(checkpointId)) {
      ResumedSplit untold = gaps.get(split.splitId());
      splits.add(untold == null ? new ImageSplit(split, topicId) : untold.split());
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
