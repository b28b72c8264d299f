package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;

/** Options of topics, clients and delivery. */
public final class KafkaConfig {

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      key("kafka.bootstrap-servers")
          .stringType()
          .defaultValue("localhost:9092")
          .withDescription("Kafka brokers, as host:port, separated by commas.");

  public static final ConfigOption<String> TOPIC_PREFIX =
      key("kafka.topic-prefix")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Put before the names of all eight topics: images, labels, embeddings, models, releases, reports, matches, dead-letters.");

  public static final ConfigOption<String> GROUP =
      key("kafka.group")
          .stringType()
          .defaultValue("quadstream")
          .withDescription(
              "Begins the names of the consumer group and of the transactions, group/images topic/network.name, so that two pipelines on one broker never meet. The group's offsets are for monitoring: a restart continues from Flink's checkpoint and not from these.");

  public static final ConfigOption<StartingOffsets> STARTING_OFFSETS =
      key("kafka.starting-offsets")
          .enumType(StartingOffsets.class)
          .defaultValue(StartingOffsets.EARLIEST)
          .withDescription(
              "Where a job without a checkpoint starts to read the topics of images and labels.");

  public static final ConfigOption<Delivery> DELIVERY =
      key("kafka.delivery")
          .enumType(Delivery.class)
          .defaultValue(Delivery.AT_LEAST_ONCE)
          .withDescription(
              "Delivery of embeddings, reports and dead letters. With exactly-once they become visible to read_committed consumers at each checkpoint. Models are always at least once: they are keyed and versioned, so a repeat changes nothing, and mining waits for them.");

  public static final ConfigOption<Duration> TRANSACTION_TIMEOUT =
      key("kafka.transaction-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(15))
          .withDescription(
              "With exactly-once, how long a transaction may stay open. At most transaction.max.timeout.ms of the broker, which is 15 minutes out of the box, and longer than the longest outage after which nothing may be lost.");

  public static final ConfigOption<String> SKIP =
      key("kafka.skip")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Records that are passed over, as partition@offset,partition@first-last of the images topic, or labels/partition@offset, models/… and releases/… of the others: for one that stops the job each time it is read. Images and labels become dead letters, the others a line in the log. Those that are there as the job starts are not even fetched.");

  public static final ConfigOption<Map<String, String>> PROPERTIES =
      key("kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Further properties of all Kafka clients, such as security.protocol, sasl.jaas.config or max.request.size. Secrets are never printed.");

  private KafkaConfig() {}

  /** Where a job without a checkpoint starts. */
  public enum StartingOffsets {
    EARLIEST,
    LATEST,
    COMMITTED
  }

  /** Delivery guarantee of the output topics. */
  public enum Delivery {
    AT_LEAST_ONCE,
    EXACTLY_ONCE
  }
}
