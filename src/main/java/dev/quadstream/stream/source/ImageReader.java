package dev.quadstream.stream.source;

import dev.quadstream.kafka.JobPresence;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicExtent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;
import org.apache.kafka.common.Uuid;

/**
 * The connector's reader, which compares where it is to read on with what the topic holds, and
 * tells of what is missing before it reads.
 *
 * <p>While it reads, an offset that is gone fails the job, since the consumer does not move by
 * itself, and the topic's id is asked for now and then; the job restarts, and what is missing is
 * told here.
 */
final class ImageReader extends KafkaRecordsReader<SourceRecord> {

  private static final long ID_CHECK_NANOS = Duration.ofSeconds(10).toNanos();

  private final TopicAdmin admin;
  private final KafkaConnection connection;
  private final String topic;
  private final String network;
  private final SourceReaderContext context;

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
   * @param network that learns from its images
   */
  ImageReader(ImageSource source, SourceReaderContext context, String network) throws Exception {
    super(source, context);
    this.admin = new TopicAdmin(source.connection);
    this.connection = source.connection;
    this.topic = source.topic;
    this.network = network;
    this.context = context;
  }

  @Override
  public void start() {
    // Of the job, and so of its first reader alone.
    if (context.getIndexOfSubtask() == 0) {
      String job = context.metricGroup().getAllVariables().get(ScopeFormat.SCOPE_JOB_ID);
      presence = new JobPresence(connection, admin, topic, network, job);
      context.metricGroup().gauge("otherJobs", presence::others);
    }
    super.start();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> splits) {
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
    addSplits(toRead, extent);
  }

  @Override
  public InputStatus pollNext(ReaderOutput<SourceRecord> output) throws Exception {
    requireSameTopic();
    if (gaps.isEmpty()) {
      return super.pollNext(output);
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
    for (KafkaPartitionSplit split : super.snapshotState(checkpointId)) {
      ResumedSplit untold = gaps.get(split.splitId());
      splits.add(untold == null ? new ImageSplit(split, topicId) : untold.split());
    }
    return splits;
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return gaps.isEmpty() ? super.isAvailable() : CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() throws Exception {
    try (admin;
        JobPresence shown = presence) {
      super.close();
    }
  }
}
