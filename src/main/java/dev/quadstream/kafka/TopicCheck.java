package dev.quadstream.kafka;

import dev.quadstream.json.FieldLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Compares topics, as a platform's team may have made them, with what the job needs of them. Not
 * thread-safe.
 */
public final class TopicCheck {

  /** A report with its hardest quadruplets, or a manifest. */
  private static final int REPORT_BYTES = 256 << 10;

  private static final int BYTES_OF_A_VALUE = 16;
  private static final String MAX_OF_A_TRANSACTION = "transaction.max.timeout.ms";

  private final Topics topics;
  private final String bootstrapServers;
  private final Function<String, Map<String, String>> settingsOf;
  private final Map<String, Map<String, String>> settings = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  /** Settings that a broker other than Apache's may not have. */
  private final Set<String> untold = new TreeSet<>();

  /**
   * What does not fit.
   *
   * @param fatal whether the job would fail by it, as against lose or keep what it should not
   * @param message what is wrong, what follows and the command that mends it
   */
  public record Finding(boolean fatal, String message) {}

  /**
   * A check that has found nothing yet.
   *
   * @param bootstrapServers for the commands that mend what does not fit
   * @param settingsOf all settings of a topic as they hold, by name
   */
  TopicCheck(
      Topics topics, String bootstrapServers, Function<String, Map<String, String>> settingsOf) {
    this.topics = topics;
    this.bootstrapServers = bootstrapServers;
    this.settingsOf = settingsOf;
  }

  /**
   * Looks at all topics.
   *
   * @param embeddingSize values of an embedding
   * @param transactions how long the job's may stay open; zero where it writes none
   * @throws MissingTopicException if one is not there
   */
  public static List<Finding> of(
      TopicAdmin admin, Topics topics, int embeddingSize, Duration transactions) {
    Map<String, TopicDescription> descriptions = admin.describe(topics.all());
    TopicCheck check = new TopicCheck(topics, admin.bootstrapServers(), admin::settings);
    try {
      check.compare(descriptions, embeddingSize);
      if (!transactions.isZero()) {
        admin
            .brokerSetting(MAX_OF_A_TRANSACTION)
            .ifPresent(most -> check.compare(transactions, Long.parseLong(most)));
      }
    } catch (KafkaException e) {
      check.findings.add(
          new Finding(
              false,
              "The settings of the topics cannot be read, so nobody knows whether they fit: "
                  + e.getMessage()));
    }
    return check.findings();
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** The largest record that the job writes and cannot shorten. */
  static int largestRecord(int embeddingSize) {
    return Math.max(REPORT_BYTES, largestEmbedding(embeddingSize));
  }

  private static int largestEmbedding(int size) {
    int largestId = FieldLimits.MAX_ID_BYTES + FieldLimits.MAX_LABEL_BYTES;
    return size * BYTES_OF_A_VALUE + 8 * largestId;
  }

  void compare(Map<String, TopicDescription> descriptions, int embeddingSize) {
    requireFits(topics.embeddings(), largestEmbedding(embeddingSize));
    requireFits(topics.models(), REPORT_BYTES);
    requireFits(topics.releases(), REPORT_BYTES);
    requireFits(topics.reports(), REPORT_BYTES);
    requireFits(topics.deadLetters(), DeadLetter.MIN_BYTES);
    requireCompacted(topics.labels(), "which label an image was given");
    requireCompacted(topics.embeddings(), "what it says of images");
    requireCompacted(topics.models(), "the newest model");
    requireCompacted(topics.releases(), "which model is live");
    requireCompacted(topics.matches(), "who an image without a label shows");
    requireNotCompacted();
    List.of(topics.images(), topics.labels(), topics.models(), topics.releases())
        .forEach(this::requireUnpacked);
    compareDeadLetters();
    descriptions.values().forEach(this::requireReplicas);
    descriptions.values().stream()
        .filter(topic -> Topics.isInOrder(topic.name()))
        .forEach(this::requireOnePartition);
    if (!untold.isEmpty()) {
      findings.add(
          new Finding(
              false,
              "The broker does not tell %s of its topics, so nobody knows whether they fit."
                  .formatted(String.join(", ", untold))));
    }
  }

  /** Beyond what its broker allows, a job's producers are refused at each restart. */
  private void compare(Duration transactions, long most) {
    if (most < transactions.toMillis()) {
      findings.add(
          new Finding(
              true,
              "kafka.transaction-timeout is %d ms, and the broker's %s is %d: lower the one or raise the other."
                  .formatted(transactions.toMillis(), MAX_OF_A_TRANSACTION, most)));
    }
  }

  private void requireFits(String topic, int bytes) {
    maxMessageBytes(topic)
        .filter(most -> most < bytes)
        .ifPresent(
            most ->
                fatal(
                    topic,
                    "takes records of up to %d bytes, and the job writes some of up to %d"
                        .formatted(most, bytes),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    Integer.toString(bytes)));
  }

  private void requireCompacted(String topic, String content) {
    policies(topic)
        .filter(policies -> !policies.equals(List.of(TopicConfig.CLEANUP_POLICY_COMPACT)))
        .ifPresent(
            policies ->
                warning(
                    topic,
                    "has the clean-up policy %s, so that %s goes with its retention"
                        .formatted(String.join(",", policies), content),
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    TopicConfig.CLEANUP_POLICY_COMPACT));
  }

  private void requireNotCompacted() {
    for (String topic : List.of(topics.deadLetters(), topics.reports())) {
      if (policies(topic).orElse(List.of()).contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
        boolean fatal = topic.equals(topics.deadLetters());
        findings.add(
            finding(
                fatal,
                topic,
                fatal
                    ? "is compacted and so takes no record without a key, which images may lack"
                    : "is compacted and so keeps the newest report alone",
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_DELETE));
      }
    }
  }

  private void requireUnpacked(String topic) {
    setting(topic, TopicConfig.COMPRESSION_TYPE_CONFIG)
        .filter(compression -> !compression.equals(Topics.UNCOMPRESSED))
        .ifPresent(
            compression ->
                warning(
                    topic,
                    "has compression.type %s, so that a producer may send a few kilobytes that expand to gigabytes in the job's memory"
                        .formatted(compression),
                    TopicConfig.COMPRESSION_TYPE_CONFIG,
                    Topics.UNCOMPRESSED));
  }

  private void compareDeadLetters() {
    Optional<Integer> images = maxMessageBytes(topics.images());
    Optional<Integer> letters = maxMessageBytes(topics.deadLetters());
    if (images.isPresent() && letters.isPresent() && letters.get() < images.get()) {
      warning(
          topics.deadLetters(),
          "takes records of up to %d bytes and '%s' of up to %d: larger dead letters are shortened"
              .formatted(letters.get(), topics.images(), images.get()),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(images.get()));
    }
  }

  private void requireReplicas(TopicDescription topic) {
    int replicas = topic.partitions().get(0).replicas().size();
    setting(topic.name(), TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
        .map(Integer::valueOf)
        .filter(least -> replicas < least)
        .ifPresent(
            least ->
                findings.add(
                    new Finding(
                        true,
                        "Topic '%s' has %d replicas, and its min.insync.replicas of %d lets nothing be written. While it is empty, delete it and make it anew with topics create --replication %3$d; otherwise give it more with kafka-reassign-partitions.sh."
                            .formatted(topic.name(), replicas, least))));
  }

  private void requireOnePartition(TopicDescription topic) {
    int partitions = topic.partitions().size();
    if (partitions > 1) {
      findings.add(
          new Finding(
              false,
              "Topic '%s' has %d partitions, so that its records may be read, and commands be carried out, in another order than they were written in. A run that has read it needs all of them; before a new one (--new-run), delete the topic and make it anew with topics create."
                  .formatted(topic.name(), partitions)));
    }
  }

  private Optional<String> setting(String topic, String name) {
    String value = settings.computeIfAbsent(topic, settingsOf).get(name);
    if (value == null) {
      untold.add(name);
    }
    return Optional.ofNullable(value);
  }

  private Optional<Integer> maxMessageBytes(String topic) {
    return setting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG).map(Integer::valueOf);
  }

  private Optional<List<String>> policies(String topic) {
    return setting(topic, TopicConfig.CLEANUP_POLICY_CONFIG)
        .map(policies -> Arrays.stream(policies.split(",")).map(String::strip).toList());
  }

  private void fatal(String topic, String problem, String setting, String value) {
    findings.add(finding(true, topic, problem, setting, value));
  }

  private void warning(String topic, String problem, String setting, String value) {
    findings.add(finding(false, topic, problem, setting, value));
  }

  private Finding finding(
      boolean fatal, String topic, String problem, String setting, String value) {
    return new Finding(
        fatal,
        "Topic '%s' %s. Mend it with: kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config %s=%s"
            .formatted(topic, problem, bootstrapServers, topic, setting, value));
  }
}
