package dev.quadstream.cli;

import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.KafkaImageProducer;
import dev.quadstream.kafka.RecordLookup;
import dev.quadstream.kafka.TopicAdmin;
import dev.quadstream.kafka.TopicCheck;
import dev.quadstream.kafka.TopicReader;
import dev.quadstream.kafka.Topics;
import dev.quadstream.stream.options.NetworkConfig;
import dev.quadstream.stream.options.PipelineSettings;
import java.time.Duration;
import java.util.List;

/** The Kafka that the options name. */
final class KafkaCluster {

  /** Who waits at a terminal should hear soon that nobody answers. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final PipelineSettings settings;
  private final Topics topics;

  /** Connects nowhere yet. */
  KafkaCluster(PipelineSettings settings) {
    this.settings = settings;
    this.topics = settings.topics();
  }

  Topics topics() {
    return topics;
  }

  KafkaConnection connection() {
    return settings.kafka();
  }

  TopicAdmin admin() {
    return new TopicAdmin(connection(), TIMEOUT);
  }

  /** Where the topics, all of which are there, do not fit the job. */
  List<TopicCheck.Finding> findings(TopicAdmin admin) {
    return TopicCheck.of(
        admin, topics, settings.get(NetworkConfig.EMBEDDING_SIZE), settings.transactionTimeout());
  }

  KafkaImageProducer producer(String topic) {
    return new KafkaImageProducer(connection(), topic);
  }

  TopicReader reader(String topic, TopicReader.Start start) {
    return new TopicReader(connection(), topic, start);
  }

  RecordLookup lookup() {
    return new RecordLookup(connection());
  }
}
