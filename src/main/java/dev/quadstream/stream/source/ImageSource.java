package dev.quadstream.stream.source;

import dev.quadstream.kafka.JobPresence;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.stream.options.KafkaConfig.StartingOffsets;
import dev.quadstream.stream.options.SkippedRecords;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;

/**
 * The records of the topic of images, and {@linkplain SourceRecord#gap() what} is gone of them; its
 * first reader shows other jobs that this one runs.
 */
public final class ImageSource
    implements Source<SourceRecord, KafkaPartitionSplit, KafkaSourceEnumState> {

  private static final long serialVersionUID = 1L;

  private final KafkaRecords<SourceRecord> kafka;
  private final KafkaConnection connection;
  private final String topic;
  private final String network;

  /**
   * Connects to nothing before the job runs.
   *
   * @param kafka the source but for topic and starting offsets
   * @param connection of whatever else it asks of the broker
   * @param network that learns from them
   * @param start where a job without state begins
   * @param skipped what is never fetched, and comes out {@linkplain SourceRecord#unread empty}
   */
  public ImageSource(
      KafkaSourceBuilder<SourceRecord> kafka,
      KafkaConnection connection,
      String topic,
      String network,
      StartingOffsets start,
      SkippedRecords skipped) {
    this.kafka =
        new KafkaRecords<>(kafka, connection, topic, start, skipped, Placeholder.AS_IT_CAME);
    this.connection = connection;
    this.topic = topic;
    this.network = network;
  }

  @Override
  public Boundedness getBoundedness() {
    return kafka.getBoundedness();
  }

  @Override
  public SourceReader<SourceRecord, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    TopicAdmin admin = new TopicAdmin(connection);
    return kafka.createReader(context, admin, false, () -> presence(context, admin));
  }

  /** Of the job, and so of its first reader alone. */
  private JobPresence presence(SourceReaderContext context, TopicAdmin admin) {
    if (context.getIndexOfSubtask() > 0) {
      return null;
    }
    String job = context.metricGroup().getAllVariables().get(ScopeFormat.SCOPE_JOB_ID);
    JobPresence presence = new JobPresence(connection, admin, topic, network, job);
    context.metricGroup().gauge("otherJobs", presence::others);
    return presence;
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return kafka.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint)
      throws Exception {
    return kafka.restoreEnumerator(context, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return kafka.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return kafka.getEnumeratorCheckpointSerializer();
  }
}
