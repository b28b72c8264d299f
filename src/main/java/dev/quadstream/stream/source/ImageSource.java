package dev.quadstream.stream.source;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.stream.options.KafkaConfig.StartingOffsets;
import dev.quadstream.stream.options.SkippedRecords;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** The records of the topic of images, and {@linkplain SourceRecord#gap() what} is gone of them. */
public final class ImageSource extends KafkaRecords<SourceRecord> {

  private static final long serialVersionUID = 1L;

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
    // A consumer that began elsewhere by itself would pass over records in silence.
    super(
        kafka,
        connection,
        topic,
        new FirstOffsets(start, OffsetResetStrategy.NONE),
        skipped,
        UNREAD);
    this.network = network;
  }

  @Override
  public ImageReader createReader(SourceReaderContext context) throws Exception {
    return new ImageReader(this, context, network);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return new ImageSplitSerializer(super.getSplitSerializer());
  }
}
