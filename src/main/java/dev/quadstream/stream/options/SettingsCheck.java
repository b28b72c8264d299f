package dev.quadstream.stream.options;

import dev.quadstream.kafka.ClientProperties;
import dev.quadstream.metric.PairSoftmaxLoss;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.options.KafkaConfig.Delivery;
import dev.quadstream.stream.options.SkippedRecords.InputTopic;
import dev.quadstream.stream.options.WindowConfig.WindowKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.tasks.CheckpointCoordinatorConfiguration;

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
    for (ConfigOption<Integer> option : List.of(JobConfig.PARALLELISM, JobConfig.REPLICAS)) {
      int value = settings.get(option);
      require(
          value >= 1 && value <= ReplicaKeys.MAX_PARALLELISM,
          option,
          "it must be 1 to %d",
          ReplicaKeys.MAX_PARALLELISM);
    }
    requireAtLeast(
        0,
        MiningConfig.STALENESS,
        MiningConfig.QUADRUPLETS,
        MiningConfig.MEMORY_IMAGES,
        TrainingConfig.WARM_UP_WINDOWS,
        LabelConfig.CAPACITY);
    requireAtLeast(
        1,
        WindowConfig.IMAGES,
        WindowConfig.MAX_IMAGES,
        JobConfig.PUBLISH_EVERY,
        MiningConfig.WAITING_WINDOWS,
        MiningConfig.MEMORY_CAPACITY,
        MiningConfig.MEMORY_SEARCH_IMAGES,
        TrainingConfig.AVERAGE_WINDOWS,
        TrainingConfig.REFUSED_IN_A_ROW);
    requireModelsOnTheirWay();
    requireWindows();
    requireTimes();
    long bytes = settings.get(ImageConfig.MAX_BYTES).getBytes();
    require(
        bytes >= 1 && bytes <= Integer.MAX_VALUE,
        ImageConfig.MAX_BYTES,
        "it must be 1 byte to 2 GB");
    checked("kafka.topic-prefix", settings::topics);
    checked(
        "kafka.properties",
        () ->
            ClientProperties.require(
                settings.get(KafkaConfig.PROPERTIES),
                settings.get(NetworkConfig.EMBEDDING_SIZE),
                settings.get(KafkaConfig.DELIVERY) == Delivery.EXACTLY_ONCE));
    checked("kafka.skip", () -> settings.skipped(InputTopic.IMAGES));
    checked("network.name", () -> ModelManifest.requireName(settings.get(NetworkConfig.NAME)));
    checked("registry.directory", settings::registryDirectory);
    checked(
        "checkpoint.directory",
        () -> Directories.asUri(settings.get(JobConfig.CHECKPOINT_DIRECTORY)));
    checked(
        "network.start-from",
        () ->
            Optional.of(settings.get(NetworkConfig.START_FROM))
                .filter(file -> !file.isEmpty())
                .ifPresent(Directories::asUri));
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
    Object value;
    try {
      value = settings.get(option);
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(option.key(), configuration.toMap().get(option.key()), e);
    }
    require(
        !(value instanceof Duration duration) || duration.compareTo(LONGEST) <= 0,
        option,
        "it must be at most %d days",
        LONGEST.toDays());
  }

  @SafeVarargs
  private void requireAtLeast(int least, ConfigOption<Integer>... options) {
    for (ConfigOption<Integer> option : options) {
      require(settings.get(option) >= least, option, "it must be %d or more", least);
    }
  }

  private void requireModelsOnTheirWay() {
    long needed = settings.modelsOnTheirWay();
    require(
        settings.get(JobConfig.REGISTRY_KEEP) >= needed,
        JobConfig.REGISTRY_KEEP,
        "it must be %d or more: with %s %d and %s %d windows are still mined with the model before the last %d",
        needed,
        MiningConfig.STALENESS.key(),
        settings.get(MiningConfig.STALENESS),
        JobConfig.PUBLISH_EVERY.key(),
        settings.get(JobConfig.PUBLISH_EVERY),
        needed - 1);
  }

  private void requireWindows() {
    boolean byCount = settings.get(WindowConfig.KIND) == WindowKind.COUNT;
    int most = settings.get(WindowConfig.MAX_IMAGES);
    require(
        !byCount || settings.get(WindowConfig.IMAGES) <= most,
        WindowConfig.IMAGES,
        "it must be at most %s, which is %d",
        WindowConfig.MAX_IMAGES.key(),
        most);
    Duration timeout = settings.get(WindowConfig.TIMEOUT);
    require(
        timeout.toMillis() > 0 || (byCount && timeout.isZero()),
        WindowConfig.TIMEOUT,
        byCount
            ? "it must be 1 ms or more, or 0 for windows that no time closes"
            : "an event-time window must be 1 ms long or more");
    require(
        byCount || settings.get(WindowConfig.SOURCE_IDLENESS).toMillis() > 0,
        WindowConfig.SOURCE_IDLENESS,
        "it must be 1 ms or more; with a long one, such as 1000 d, a partition without images holds event time back");
  }

  private void requireTimes() {
    require(
        settings.get(LabelConfig.WAIT).toMillis() > 0,
        LabelConfig.WAIT,
        "it must be 1 ms or more; %s=0 lets nothing wait",
        LabelConfig.CAPACITY.key());
    Duration timeout = settings.get(KafkaConfig.TRANSACTION_TIMEOUT);
    require(
        timeout.toMillis() <= Integer.MAX_VALUE,
        KafkaConfig.TRANSACTION_TIMEOUT,
        "it must be at most %d ms",
        Integer.MAX_VALUE);
    Duration interval = settings.get(JobConfig.CHECKPOINT_INTERVAL);
    // Flink takes none at all where it is told a shorter one.
    require(
        interval.isZero()
            || interval.toMillis() >= CheckpointCoordinatorConfiguration.MINIMAL_CHECKPOINT_TIME,
        JobConfig.CHECKPOINT_INTERVAL,
        "it must be %d ms or more, or 0 for no checkpoints",
        CheckpointCoordinatorConfiguration.MINIMAL_CHECKPOINT_TIME);
    if (settings.get(KafkaConfig.DELIVERY) != Delivery.EXACTLY_ONCE) {
      return;
    }
    require(
        !interval.isZero(),
        JobConfig.CHECKPOINT_INTERVAL,
        "it must be more than 0: exactly-once shows records at checkpoints alone");
    require(
        timeout.compareTo(interval) > 0,
        KafkaConfig.TRANSACTION_TIMEOUT,
        "it must be longer than %s, which is %s: a transaction lasts from one checkpoint to the next",
        JobConfig.CHECKPOINT_INTERVAL.key(),
        textOf(JobConfig.CHECKPOINT_INTERVAL));
  }

  private void require(boolean holds, ConfigOption<?> option, String rule, Object... parts) {
    if (!holds) {
      throw new InvalidOptionException(option.key(), textOf(option), rule.formatted(parts));
    }
  }

  /** As it was written, or else the default. */
  private String textOf(ConfigOption<?> option) {
    String given = configuration.toMap().get(option.key());
    return given == null ? ValueText.of(settings.get(option)) : given;
  }

  private void checked(String keys, Runnable read) {
    try {
      read.run();
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(keys, e.getMessage());
    }
  }
}
