package dev.quadstream.kafka;

import dev.quadstream.json.FieldLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private final TopicAdmin admin;
  private final Topics topics;
  private final Map<String, Map<String, String>> settings = new HashMap<>();
  private final List<Finding> findings = new ArrayList<>();

  /**
   * What does not fit.
   *
   * @param fatal whether the job would fail by it, as against lose or keep what it should not
   * @param message what is wrong, what follows and the command that mends it
   */
  public record Finding(boolean fatal, String message) {}

  private TopicCheck(TopicAdmin admin, Topics topics) {
    this.admin = admin;
    this.topics = topics;
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
    TopicCheck check = new TopicCheck(admin, topics);
    try {
      check.compare(descriptions, embeddingSize);
      check.compare(transactions);
    } catch (KafkaException e) {
      check.findings.add(
          new Finding(
              false,
              "The settings of the topics cannot be read, so nobody knows whether they fit: "
                  + e.getMessage()));
    }
    return List.copyOf(check.findings);
  }

  /** The largest record that the job writes and cannot shorten. */
  static int largestRecord(int embeddingSize) {
    return Math.max(REPORT_BYTES, largestEmbedding(embeddingSize));
  }

  private static int largestEmbedding(int size) {
    int largestId = FieldLimits.MAX_ID_BYTES + FieldLimits.MAX_LABEL_BYTES;
    return size * BYTES_OF_A_VALUE + 8 * largestId;
  }

  private void compare(Map<String, TopicDescription> descriptions, int embeddingSize) {
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
  }

  /** Beyond what its broker allows, a job's producers are refused at each restart. */
  private void compare(Duration transactions) {
    if (transactions.isZero()) {
      return;
    }
    admin
        .brokerSetting(MAX_OF_A_TRANSACTION)
        .filter(most -> Long.parseLong(most) < transactions.toMillis())
        .ifPresent(
            most ->
                findings.add(
                    new Finding(
                        true,
                        "kafka.transaction-timeout is %d ms, and the broker's %s is %s: lower the one or raise the other."
                            .formatted(transactions.toMillis(), MAX_OF_A_TRANSACTION, most))));
  }

  private void requireFits(String topic, int bytes) {
    int most = maxMessageBytes(topic);
    if (most < bytes) {
      fatal(
          topic,
          "takes records of up to %d bytes, and the job writes some of up to %d"
              .formatted(most, bytes),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(bytes));
    }
  }

  private void requireCompacted(String topic, String content) {
    List<String> policies = policies(topic);
    if (!policies.equals(List.of(TopicConfig.CLEANUP_POLICY_COMPACT))) {
      warning(
          topic,
          "has the clean-up policy %s, so that %s goes with its retention"
              .formatted(String.join(",", policies), content),
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_COMPACT);
    }
  }

  private void requireNotCompacted() {
    for (String topic : List.of(topics.deadLetters(), topics.reports())) {
      if (policies(topic).contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
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
    String compression = setting(topic, TopicConfig.COMPRESSION_TYPE_CONFIG);
    if (!compression.equals(Topics.UNCOMPRESSED)) {
      warning(
          topic,
          "has compression.type %s, so that a producer may send a few kilobytes that expand to gigabytes in the job's memory"
              .formatted(compression),
          TopicConfig.COMPRESSION_TYPE_CONFIG,
          Topics.UNCOMPRESSED);
    }
  }

  private void compareDeadLetters() {
    int images = maxMessageBytes(topics.images());
    int letters = maxMessageBytes(topics.deadLetters());
    if (letters < images) {
      warning(
          topics.deadLetters(),
          "takes records of up to %d bytes and '%s' of up to %d: larger dead letters are shortened"
              .formatted(letters, topics.images(), images),
          TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(images));
    }
  }

  private void requireReplicas(TopicDescription topic) {
    int replicas = topic.partitions().get(0).replicas().size();
    int least = Integer.parseInt(setting(topic.name(), TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG));
    if (replicas < least) {
      fatal(
          topic.name(),
          "has %d replicas, and its min.insync.replicas of %d lets nothing be written"
              .formatted(replicas, least),
          TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
          Integer.toString(replicas));
    }
  }

  private String setting(String topic, String name) {
    return settings.computeIfAbsent(topic, admin::settings).get(name);
  }

  private int maxMessageBytes(String topic) {
    return Integer.parseInt(setting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
  }

  private List<String> policies(String topic) {
    String policies = setting(topic, TopicConfig.CLEANUP_POLICY_CONFIG);
    return Arrays.stream(policies.split(",")).map(String::strip).toList();
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
            .formatted(topic, problem, admin.bootstrapServers(), topic, setting, value));
  }
}
