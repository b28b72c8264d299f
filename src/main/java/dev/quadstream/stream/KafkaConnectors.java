package dev.quadstream.stream;

import dev.quadstream.json.JsonMessages;
import dev.quadstream.kafka.EmbeddingMessage;
import dev.quadstream.kafka.SourceRecord;
import dev.quadstream.kafka.Topics;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.registry.ReleaseCommand;
import dev.quadstream.stream.format.EmbeddingUpdate;
import dev.quadstream.stream.format.RecordFormats;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.KafkaConfig.Delivery;
import dev.quadstream.stream.options.KafkaConfig.StartingOffsets;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import dev.quadstream.stream.options.SkippedRecords.InputTopic;
import dev.quadstream.stream.source.ImageSource;
import dev.quadstream.stream.source.KafkaRecords;
import dev.quadstream.stream.source.Placeholder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The ends of the pipeline on Kafka topics. */
public final class KafkaConnectors {

  /** Enough for the embeddings of a window, so that they are one request. */
  private static final int BATCH_BYTES = 128 << 10;

  /** Bounds what is unpacked at once where producers compress: batches of thousands expand. */
  private static final int RECORDS_AT_ONCE = 64;

  private static final Duration PARTITION_DISCOVERY = Duration.ofSeconds(30);

  private final PipelineSettings settings;
  private final Topics topics;

  private KafkaConnectors(PipelineSettings settings) {
    this.settings = settings;
    this.topics = settings.topics();
  }

  /** The connectors that the options ask for; nothing connects before the job runs. */
  public static JobConnectors of(PipelineSettings settings) {
    KafkaConnectors kafka = new KafkaConnectors(settings);
    DeliveryGuarantee delivery =
        settings.get(KafkaConfig.DELIVERY) == Delivery.EXACTLY_ONCE
            ? DeliveryGuarantee.EXACTLY_ONCE
            : DeliveryGuarantee.AT_LEAST_ONCE;
    String embeddings = kafka.topics.embeddings();
    String models = kafka.topics.models();
    String releases = kafka.topics.releases();
    String reports = kafka.topics.reports();
    String deadLetters = kafka.topics.deadLetters();
    return new JobConnectors(
        kafka.images(),
        kafka.labels(),
        kafka.publishedModels(),
        kafka.releaseCommands(),
        kafka.sink(
            "embeddings", delivery, (update, context, time) -> embedding(embeddings, update)),
        kafka.sink("answers", delivery, (update, context, time) -> embedding(embeddings, update)),
        // Mining waits for models: they must not wait for a checkpoint to become visible.
        kafka.sink(
            "models",
            DeliveryGuarantee.AT_LEAST_ONCE,
            (manifest, context, time) -> json(models, manifest.identity().name(), manifest)),
        // Nor must who serves wait for one before a bad model is taken back.
        kafka.sink(
            "releases",
            DeliveryGuarantee.AT_LEAST_ONCE,
            (release, context, time) -> json(releases, release.identity().name(), release)),
        kafka.sink(
            "reports",
            delivery,
            (report, context, time) ->
                json(reports, Integer.toString(report.identity().replica()), report)),
        kafka.sink("dead-letters", delivery, kafka.deadLetters()));
  }

  private ImageSource images() {
    return new ImageSource(
        source("", new AsItCame()),
        settings.kafka(),
        topics.images(),
        settings.get(NetworkConfig.NAME),
        settings.get(KafkaConfig.STARTING_OFFSETS),
        settings.skipped(InputTopic.IMAGES));
  }

  /** Begins where the images do. What is read twice says nothing new. */
  private KafkaRecords<SourceRecord> labels() {
    return new KafkaRecords<>(
        source("/labels", new AsItCame()),
        settings.kafka(),
        topics.labels(),
        settings.get(KafkaConfig.STARTING_OFFSETS),
        settings.skipped(InputTopic.LABELS),
        Placeholder.AS_IT_CAME);
  }

  /** From the start of the topic: the run's name tells its own models from older ones. */
  private KafkaRecords<ModelManifest> publishedModels() {
    return new KafkaRecords<>(
        source("/models", JsonRecords.manifests()),
        settings.kafka(),
        topics.models(),
        StartingOffsets.EARLIEST,
        settings.skipped(InputTopic.MODELS),
        Placeholder.none());
  }

  /** From the start of the topic: each names its run, and what was done once is done again. */
  private KafkaRecords<ReleaseCommand> releaseCommands() {
    return new KafkaRecords<>(
        source("/releases", JsonRecords.releaseCommands(settings.get(NetworkConfig.NAME))),
        settings.kafka(),
        topics.releases(),
        StartingOffsets.EARLIEST,
        settings.skipped(InputTopic.RELEASES),
        Placeholder.none());
  }

  private <T> KafkaSourceBuilder<T> source(
      String group, KafkaRecordDeserializationSchema<T> schema) {
    return KafkaSource.<T>builder()
        .setGroupId(settings.kafkaName() + group)
        .setProperties(consumerProperties())
        .setDeserializer(schema);
  }

  private DeadLetterRecords deadLetters() {
    return new DeadLetterRecords(settings.kafka(), topics.deadLetters());
  }

  private <T> KafkaSink<T> sink(
      String name, DeliveryGuarantee delivery, KafkaRecordSerializationSchema<T> schema) {
    Properties properties =
        settings
            .kafka()
            .settings(
                Map.of(
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    Integer.toString(Topics.MAX_MESSAGE_BYTES),
                    ProducerConfig.COMPRESSION_TYPE_CONFIG,
                    "lz4",
                    ProducerConfig.BATCH_SIZE_CONFIG,
                    Integer.toString(BATCH_BYTES)));
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Long.toString(settings.get(KafkaConfig.TRANSACTION_TIMEOUT).toMillis()));
    KafkaSinkBuilder<T> builder =
        KafkaSink.<T>builder()
            .setKafkaProducerConfig(properties)
            .setDeliveryGuarantee(delivery)
            .setRecordSerializer(schema);
    if (delivery == DeliveryGuarantee.EXACTLY_ONCE) {
      builder.setTransactionalIdPrefix(settings.kafkaName() + "/" + name);
    }
    return builder.build();
  }

  private Properties consumerProperties() {
    return settings
        .kafka()
        .settings(
            Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                // A topic that was deleted would come back with the broker's partitions and limits.
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                "false",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                Integer.toString(RECORDS_AT_ONCE),
                KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(),
                Long.toString(PARTITION_DISCOVERY.toMillis())));
  }

  private static ProducerRecord<byte[], byte[]> embedding(String topic, EmbeddingUpdate update) {
    return update.isRemoval()
        ? EmbeddingMessage.removal(topic, update.id(), update.modelVersion())
        : new EmbeddingMessage(
                update.run(),
                update.id(),
                update.label(),
                update.modelVersion(),
                update.modelVersion(),
                update.window(),
                update.vector())
            .toProducerRecord(topic);
  }

  private static ProducerRecord<byte[], byte[]> json(String topic, String key, Object message) {
    return new ProducerRecord<>(
        topic, key.getBytes(StandardCharsets.UTF_8), JsonMessages.write(message));
  }

  /** Key, value and headers untouched: nothing is judged before the decode operator. */
  private static final class AsItCame implements KafkaRecordDeserializationSchema<SourceRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<SourceRecord> out) {
      out.collect(SourceRecord.of(message));
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
      return RecordFormats.typeOf(RecordFormats.SOURCE_RECORD);
    }
  }
}
