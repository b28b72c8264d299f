package dev.quadstream.stream.options;

import dev.quadstream.kafka.ClientProperties;
import dev.quadstream.metric.PairSoftmaxLoss;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.options.KafkaConfig.Delivery;
import dev.quadstream.stream.options.SkippedRecords.InputTopic;
import dev.quadstream.stream.options.WindowConfig.WindowKind;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** Refuses settings that cannot be used, before anything is started. */
final class SettingsCheck {

  /** Far longer than anything lasts; with it no sum of times overflows. */
  private static final Duration LONGEST = Duration.ofDays(1_000_000);

  private final PipelineSettings settings;
  private final Configuration configuration;

  /**
   * A check of settings.
   *
   * @param configuration of the settings, which learns what the backbone's file says
   */
  SettingsCheck(PipelineSettings settings, Configuration configuration) {
    this.settings = settings;
    this.configuration = configuration;
  }

  /**
   * Checks each option and those that depend on one another.
   *
   * @throws InvalidOptionException naming the option, its value and what it may be
   */
  void require() {
    for (ConfigOption<?> option : QuadstreamOptions.ALL) {
      read(option);
    }
    requireParallelism(JobConfig.PARALLELISM);
    requireParallelism(JobConfig.REPLICAS);
    requireAtLeast(WindowConfig.IMAGES, 1);
    requireAtLeast(JobConfig.PUBLISH_EVERY, 1);
    requireAtLeast(MiningConfig.STALENESS, 0);
    requireAtLeast(MiningConfig.WAITING_WINDOWS, 1);
    requireAtLeast(MiningConfig.QUADRUPLETS, 0);
    requireAtLeast(MiningConfig.MEMORY_IMAGES, 0);
    requireAtLeast(MiningConfig.MEMORY_CAPACITY, 1);
    requireAtLeast(MiningConfig.MEMORY_SEARCH_IMAGES, 1);
    requireAtLeast(TrainingConfig.WARM_UP_WINDOWS, 0);
    requireAtLeast(TrainingConfig.AVERAGE_WINDOWS, 1);
    requireAtLeast(TrainingConfig.REFUSED_IN_A_ROW, 1);
    requireAtLeast(WindowConfig.MAX_IMAGES, 1);
    requireAtLeast(LabelConfig.CAPACITY, 0);
    requireLabelWait();
    requireWindowSize();
    requireWindowLength();
    requireModelsOnTheirWay();
    requireArrayLength(ImageConfig.MAX_BYTES);
    requireTransactions();
    checked("kafka.topic-prefix", settings::topics);
    checked(
        "kafka.properties",
        () ->
            ClientProperties.require(
                settings.get(KafkaConfig.PROPERTIES), settings.get(NetworkConfig.EMBEDDING_SIZE)));
    checked("kafka.skip", () -> settings.skipped(InputTopic.IMAGES));
    checked("network.name", () -> ModelManifest.requireName(settings.get(NetworkConfig.NAME)));
    checked("registry.directory", settings::registryDirectory);
    checked(
        "checkpoint.directory",
        () -> Directories.asUri(settings.get(JobConfig.CHECKPOINT_DIRECTORY)));
    checked("image.addresses", () -> ImageAddresses.of(settings.get(ImageConfig.ADDRESSES)));
    checked("image.channels, image.height, image.width", settings::shape);
    ResolvedBackbone.resolve(configuration);
    checked("image.max-pixels", settings::imageLimits);
    checked("image.ground", () -> ImageConfig.ground(configuration));
    checked("network.trunk, network.embedding-size, training.learning-rate", settings::network);
    checked("margin.fixed-first, margin.fixed-second", () -> MarginConfig.fixed(configuration));
    checked("margin.weight-first, margin.weight-second, margin.floor", settings::margins);
    checked(
        "augmentation.shift, augmentation.rotation, augmentation.scale",
        () -> AugmentationConfig.of(configuration));
    checked(
        "training.pair-softmax-weight",
        () -> new PairSoftmaxLoss(settings.get(TrainingConfig.PAIR_SOFTMAX_WEIGHT)));
    checked("release.margin, release.gain", settings::releases);
    checked(
        "margin.smoothing, training.gradient-norm-limit, training.collapse-threshold",
        settings::training);
    checked("merge.learning-rate, merge.momentum", settings::outerStep);
  }

  private void read(ConfigOption<?> option) {
    String given = configuration.toMap().get(option.key());
    Object value;
    try {
      value = settings.get(option);
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(option.key(), given, e);
    }
    if (value instanceof Duration duration && duration.compareTo(LONGEST) > 0) {
      throw new InvalidOptionException(
          option.key(), given, "it must be at most %d days".formatted(LONGEST.toDays()));
    }
  }

  private void requireAtLeast(ConfigOption<Integer> option, int least) {
    if (settings.get(option) < least) {
      throw new InvalidOptionException(
          option.key(), String.valueOf(settings.get(option)), "it must be " + least + " or more");
    }
  }

  private void requireModelsOnTheirWay() {
    int keep = settings.get(JobConfig.REGISTRY_KEEP);
    if (keep < settings.modelsOnTheirWay()) {
      throw new InvalidOptionException(
          JobConfig.REGISTRY_KEEP.key(),
          String.valueOf(keep),
          "it must be %d or more: with %s %d and %s %d windows are still mined with the model before the last %d"
              .formatted(
                  settings.modelsOnTheirWay(),
                  MiningConfig.STALENESS.key(),
                  settings.get(MiningConfig.STALENESS),
                  JobConfig.PUBLISH_EVERY.key(),
                  settings.get(JobConfig.PUBLISH_EVERY),
                  settings.modelsOnTheirWay() - 1));
    }
  }

  private void requireParallelism(ConfigOption<Integer> option) {
    if (settings.get(option) < 1 || settings.get(option) > ReplicaKeys.MAX_PARALLELISM) {
      throw new InvalidOptionException(
          option.key(),
          String.valueOf(settings.get(option)),
          "it must be 1 to " + ReplicaKeys.MAX_PARALLELISM);
    }
  }

  private void requireWindowSize() {
    int most = settings.get(WindowConfig.MAX_IMAGES);
    if (settings.get(WindowConfig.KIND) == WindowKind.COUNT
        && settings.get(WindowConfig.IMAGES) > most) {
      throw new InvalidOptionException(
          WindowConfig.IMAGES.key(),
          String.valueOf(settings.get(WindowConfig.IMAGES)),
          "it must be at most %s, which is %d".formatted(WindowConfig.MAX_IMAGES.key(), most));
    }
  }

  private void requireLabelWait() {
    Duration wait = settings.get(LabelConfig.WAIT);
    if (wait.isZero()) {
      throw new InvalidOptionException(
          LabelConfig.WAIT.key(),
          wait.toString(),
          "it must be 1 ms or more; labels.capacity=0 lets nothing wait");
    }
  }

  private void requireWindowLength() {
    if (settings.get(WindowConfig.KIND) == WindowKind.EVENT_TIME
        && settings.get(WindowConfig.TIMEOUT).toMillis() == 0) {
      throw new InvalidOptionException(
          WindowConfig.TIMEOUT.key(),
          settings.get(WindowConfig.TIMEOUT).toString(),
          "an event-time window must be 1 ms long or more");
    }
  }

  private void requireTransactions() {
    Duration timeout = settings.get(KafkaConfig.TRANSACTION_TIMEOUT);
    if (timeout.toMillis() > Integer.MAX_VALUE) {
      throw new InvalidOptionException(
          KafkaConfig.TRANSACTION_TIMEOUT.key(),
          timeout.toString(),
          "it must be at most %d ms".formatted(Integer.MAX_VALUE));
    }
    Duration interval = settings.get(JobConfig.CHECKPOINT_INTERVAL);
    if (settings.get(KafkaConfig.DELIVERY) != Delivery.EXACTLY_ONCE) {
      return;
    }
    if (interval.isZero()) {
      throw new InvalidOptionException(
          JobConfig.CHECKPOINT_INTERVAL.key(),
          interval.toString(),
          "it must be more than 0: exactly-once shows records at checkpoints alone");
    }
    if (timeout.compareTo(interval) <= 0) {
      throw new InvalidOptionException(
          KafkaConfig.TRANSACTION_TIMEOUT.key(),
          timeout.toString(),
          "it must be longer than checkpoint.interval, which is %s: a transaction lasts from one checkpoint to the next"
              .formatted(interval));
    }
  }

  private void requireArrayLength(ConfigOption<MemorySize> option) {
    long bytes = settings.get(option).getBytes();
    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
      throw new InvalidOptionException(
          option.key(), settings.get(option).toString(), "it must be 1 byte to 2 GB");
    }
  }

  private void checked(String keys, Runnable read) {
    try {
      read.run();
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(keys, e.getMessage());
    }
  }
}
