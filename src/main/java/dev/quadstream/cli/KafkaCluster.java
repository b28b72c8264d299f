package dev.quadstream.cli;

import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.RecordLookup;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicCheck;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.options.KafkaConfig;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/** The Kafka that the options name. */
final class KafkaCluster {

  /** Who waits at a terminal should hear soon that nobody answers. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final PipelineSettings settings;
  private final Topics topics;

  /**
   * Connects nowhere yet.
   *
   * @throws CommandException if the topics cannot be named so
   */
  KafkaCluster(PipelineSettings settings) {
    this.settings = settings;
    try {
      this.topics = new Topics(settings.get(KafkaConfig.TOPIC_PREFIX));
    } catch (IllegalArgumentException e) {
      throw CommandException.configuration("Option kafka.topic-prefix: " + e.getMessage(), e);
    }
  }

  Topics topics() {
    return topics;
  }

  String bootstrapServers() {
    return settings.get(KafkaConfig.BOOTSTRAP_SERVERS);
  }

  TopicAdmin admin() {
    return new TopicAdmin(bootstrapServers(), properties(), TIMEOUT);
  }

  /** Where the topics, all of which are there, do not fit the job. */
  List<TopicCheck.Finding> findings(TopicAdmin admin) {
    return TopicCheck.of(
        bootstrapServers(),
        admin,
        topics,
        settings.get(NetworkConfig.EMBEDDING_SIZE),
        settings.transactionTimeout());
  }

  KafkaImageProducer imageProducer() {
    return new KafkaImageProducer(bootstrapServers(), properties(), topics.images());
  }

  KafkaImageProducer labelProducer() {
    return new KafkaImageProducer(bootstrapServers(), properties(), topics.labels());
  }

  KafkaImageProducer embeddingProducer() {
    return new KafkaImageProducer(bootstrapServers(), properties(), topics.embeddings());
  }

  KafkaImageProducer releaseProducer() {
    return new KafkaImageProducer(bootstrapServers(), properties(), topics.releases());
  }

  TopicReader reader(String topic, TopicReader.Start start) {
    return new TopicReader(bootstrapServers(), properties(), topic, start);
  }

  RecordLookup lookup() {
    return new RecordLookup(bootstrapServers(), properties());
  }

  Properties properties() {
    Properties properties = new Properties();
    properties.putAll(settings.get(KafkaConfig.PROPERTIES));
    return properties;
  }
}
