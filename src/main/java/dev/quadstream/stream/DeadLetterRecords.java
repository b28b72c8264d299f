package dev.quadstream.stream;

import dev.quadstream.kafka.DeadLetter;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.Topics;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead letters as records that topic and producer take whatever they hold: one that cannot be
 * written would fail the job, which would read its cause again and fail again.
 */
final class DeadLetterRecords implements KafkaRecordSerializationSchema<DeadLetter> {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterRecords.class);

  /** What every topic takes that nobody has configured; Kafka's default is a little more. */
  private static final int USUAL_BYTES = 1_000_000;

  private static final int USUAL_BUFFER_BYTES = 32 << 20;

  /** A codec that the topic prescribes makes what does not compress a little larger. */
  private static final int MARGIN = 128;

  private final KafkaConnection kafka;
  private final String topic;
  private transient int maxBytes;

  /** Connects when it is opened. */
  DeadLetterRecords(KafkaConnection kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  /** Anew at each start of the job, since a topic's settings may change. */
  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    long largest =
        Math.min(
            topicMaximum(),
            Math.min(
                number(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_MESSAGE_BYTES),
                number(ProducerConfig.BUFFER_MEMORY_CONFIG, USUAL_BUFFER_BYTES)));
    maxBytes = (int) Math.max(DeadLetter.MIN_BYTES, largest - largest / MARGIN);
  }

  private int topicMaximum() {
    try (TopicAdmin admin = new TopicAdmin(kafka)) {
      return admin.maxMessageBytes(topic);
    } catch (RuntimeException e) {
      LOG.warn(
          "The largest record of topic {} cannot be read ({}); dead letters are shortened to {} bytes.",
          topic,
          e.getMessage(),
          USUAL_BYTES);
      return USUAL_BYTES;
    }
  }

  private long number(String property, int fallback) {
    return Long.parseLong(
        kafka.properties().getOrDefault(property, Integer.toString(fallback)).strip());
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      DeadLetter letter, KafkaSinkContext context, Long timestamp) {
    return letter.toProducerRecord(topic, maxBytes);
  }
}
