package dev.quadstream.kafka;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The names of the pipeline's topics, and the settings that each is created with.
 *
 * @param prefix put before each name as it is, such as {@code "quadstream."}; may be empty; up to
 *     200 letters, digits, dots, underscores and hyphens
 */
public record Topics(String prefix) {

  /**
   * The largest record of the image and dead letter topics in bytes, 16 MiB. A producer to them
   * needs a {@code max.request.size} of this.
   */
  public static final int MAX_MESSAGE_BYTES = 16 << 20;

  /**
   * How long dead letters stay unless told otherwise: long enough to mend their cause after a
   * holiday. They may show people, so it is not for ever.
   */
  public static final Duration DEAD_LETTER_RETENTION = Duration.ofDays(30);

  /** The broker's word for a topic that keeps nothing packed. */
  static final String UNCOMPRESSED = "uncompressed";

  private static final Pattern ALLOWED_PREFIX = Pattern.compile("[A-Za-z0-9._-]{0,200}");
  private static final String IMAGES = "images";
  private static final String LABELS = "labels";
  private static final String EMBEDDINGS = "embeddings";
  private static final String MODELS = "models";
  private static final String RELEASES = "releases";
  private static final String REPORTS = "reports";
  private static final String MATCHES = "matches";
  private static final String DEAD_LETTERS = "dead-letters";

  public Topics {
    if (!ALLOWED_PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "A topic prefix has up to 200 letters, digits, dots, underscores and hyphens, unlike '%s'."
              .formatted(prefix));
    }
  }

  /** Images, the pipeline's input. */
  public String images() {
    return prefix + IMAGES;
  }

  /** The newest label of each image that was labelled apart from it; compacted. */
  public String labels() {
    return prefix + LABELS;
  }

  /** The newest embedding of each image; compacted. */
  public String embeddings() {
    return prefix + EMBEDDINGS;
  }

  /** The newest manifest of each network; compacted. */
  public String models() {
    return prefix + MODELS;
  }

  /**
   * Which model is live: the pointer under each network's name, and commands that move it;
   * compacted.
   */
  public String releases() {
    return prefix + RELEASES;
  }

  /** One training report a window. */
  public String reports() {
    return prefix + REPORTS;
  }

  /** The newest answer to each image without a label; compacted. */
  public String matches() {
    return prefix + MATCHES;
  }

  /** Records that could not be used, as they came. */
  public String deadLetters() {
    return prefix + DEAD_LETTERS;
  }

  /** All eight names. */
  public List<String> all() {
    return List.of(
        images(),
        labels(),
        embeddings(),
        models(),
        releases(),
        reports(),
        matches(),
        deadLetters());
  }

  /**
   * What to create. The topics of models and releases always have one partition: every reader wants
   * all of them, in order.
   *
   * @param partitions of each other topic, at least 1
   * @param replication copies of each partition, as {@link TopicAdmin#create} takes them
   * @param deadLetterRetention how long a dead letter stays
   */
  List<NewTopic> definitions(int partitions, short replication, Duration deadLetterRetention) {
    return all().stream()
        .map(
            name -> {
              SortedMap<String, String> settings = settingsOf(name);
              settings.replace(
                  TopicConfig.RETENTION_MS_CONFIG, Long.toString(deadLetterRetention.toMillis()));
              return new NewTopic(name, isInOrder(name) ? 1 : partitions, replication)
                  .configs(settings);
            })
        .toList();
  }

  /** Whether a topic has one partition, by the end of its name. */
  static boolean isInOrder(String topic) {
    return endsWithAny(topic, MODELS, RELEASES);
  }

  /** The settings of a topic by the end of its name; none for a name that is not ours. */
  static SortedMap<String, String> settingsOf(String topic) {
    SortedMap<String, String> settings = new TreeMap<>();
    if (endsWithAny(topic, LABELS, EMBEDDINGS, MODELS, RELEASES, MATCHES)) {
      settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    }
    if (endsWithAny(topic, IMAGES, DEAD_LETTERS)) {
      settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_MESSAGE_BYTES));
    }
    if (endsWithAny(topic, IMAGES, LABELS, MODELS, RELEASES, DEAD_LETTERS)) {
      // Images do not compress, and labels, manifests and pointers are few. A small batch that
      // expands to gigabytes ends its reader: the broker unpacks batches and measures them.
      settings.put(TopicConfig.COMPRESSION_TYPE_CONFIG, UNCOMPRESSED);
    }
    if (endsWithAny(topic, DEAD_LETTERS)) {
      settings.put(
          TopicConfig.RETENTION_MS_CONFIG, Long.toString(DEAD_LETTER_RETENTION.toMillis()));
    }
    return settings;
  }

  private static boolean endsWithAny(String topic, String... names) {
    return Arrays.stream(names).anyMatch(topic::endsWith);
  }
}
