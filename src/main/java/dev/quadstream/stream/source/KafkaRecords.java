package dev.quadstream.stream.source;

import dev.quadstream.kafka.JobPresence;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.stream.options.KafkaConfig.StartingOffsets;
import dev.quadstream.stream.options.SkippedRecords;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * The records of a topic, but for those that are to be skipped. State is the connector's own, with
 * the topic's id.
 */
public final class KafkaRecords<T> implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState> {

  private static final long serialVersionUID = 1L;

  private final KafkaSource<T> kafka;
  private final KafkaConnection connection;
  private final String topic;
  private final SkippedRecords skipped;
  private final Placeholder<T> placeholder;

  /**
   * Connects to nothing before the job runs.
   *
   * @param kafka the source but for topic and starting offsets
   * @param connection of whatever else it asks of the broker
   * @param start where a job without state begins
   * @param skipped what is never fetched; one record is then unpacked at a time
   * @param placeholder what comes out in place of those, and of what is gone
   */
  public KafkaRecords(
      KafkaSourceBuilder<T> kafka,
      KafkaConnection connection,
      String topic,
      StartingOffsets start,
      SkippedRecords skipped,
      Placeholder<T> placeholder) {
    // What a poll brings is unpacked at once, also what lies behind a split's end.
    if (!skipped.isEmpty()) {
      kafka.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
    }
    this.kafka = kafka.setTopics(topic).setStartingOffsets(new FirstOffsets(start)).build();
    this.connection = connection;
    this.topic = topic;
    this.skipped = skipped;
    this.placeholder = placeholder;
  }

  @Override
  public Boundedness getBoundedness() {
    return kafka.getBoundedness();
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    return createReader(context, new TopicAdmin(connection), true, () -> null);
  }

  KafkaRecordsReader<T> createReader(
      SourceReaderContext context,
      TopicAdmin admin,
      boolean readsAgain,
      Supplier<JobPresence> joining)
      throws Exception {
    return new KafkaRecordsReader<>(
        kafka.createReader(context),
        connection,
        admin,
        topic,
        skipped,
        placeholder,
        context.metricGroup().counter("recordsSkipped"),
        readsAgain,
        joining);
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
    return new TopicSplitSerializer(kafka.getSplitSerializer());
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return kafka.getEnumeratorCheckpointSerializer();
  }
}
