package dev.quadstream.stream.options;

import dev.quadstream.image.ImageAugmentation;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.Topics;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.PairSoftmaxLoss;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.registry.ModelManifest;
import dev.quadstream.stream.options.QuadstreamOptions.WindowKind;
import dev.quadstream.training.MiningOptions;
import dev.quadstream.training.TrainingLoop;
import dev.quadstream.training.TrainingOptions;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.Path;

/**
 * The options as the operators use them, read and checked once before the job is built.
 *
 * <p>It is itself serialisable as the configuration it came from, so that operators can carry it.
 */
public final class PipelineSettings implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int SPARE_WINDOWS = 16;

  private final Configuration configuration;

  private PipelineSettings(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Reads and checks all options.
   *
   * @throws InvalidOptionException naming the option, its value and what it may be
   */
  public static PipelineSettings of(Configuration configuration) {
    PipelineSettings settings = new PipelineSettings(new Configuration(configuration));
    for (ConfigOption<?> option : QuadstreamOptions.ALL) {
      settings.read(option);
    }
    settings.requireParallelism(QuadstreamOptions.PARALLELISM);
    settings.requireAtLeast(QuadstreamOptions.WINDOW_IMAGES, 1);
    settings.requireAtLeast(QuadstreamOptions.PUBLISH_EVERY, 1);
    settings.requireAtLeast(QuadstreamOptions.MINING_STALENESS, 0);
    settings.requireAtLeast(QuadstreamOptions.MINING_WAITING_WINDOWS, 1);
    settings.requireAtLeast(QuadstreamOptions.MINING_QUADRUPLETS, 0);
    settings.requireAtLeast(QuadstreamOptions.MINING_MEMORY_IMAGES, 0);
    settings.requireAtLeast(QuadstreamOptions.MEMORY_CAPACITY, 1);
    settings.requireAtLeast(QuadstreamOptions.MEMORY_SEARCH_IMAGES, 1);
    settings.requireAtLeast(QuadstreamOptions.TRAINING_WARM_UP_WINDOWS, 0);
    settings.requireAtLeast(QuadstreamOptions.TRAINING_AVERAGE_WINDOWS, 1);
    settings.requireAtLeast(QuadstreamOptions.TRAINING_REFUSED_IN_A_ROW, 1);
    settings.requireAtLeast(QuadstreamOptions.WINDOW_MAX_IMAGES, 1);
    settings.requireWindowSize();
    settings.requireWindowLength();
    settings.requireArrayLength(QuadstreamOptions.IMAGE_MAX_BYTES);
    settings.checked(
        "kafka.topic-prefix", () -> new Topics(settings.get(QuadstreamOptions.KAFKA_TOPIC_PREFIX)));
    settings.checked(
        "kafka.skip", () -> SkippedRecords.of(settings.get(QuadstreamOptions.KAFKA_SKIP)));
    settings.checked(
        "network.name",
        () -> ModelManifest.requireName(settings.get(QuadstreamOptions.NETWORK_NAME)));
    settings.checked("registry.directory", settings::registryDirectory);
    settings.checked(
        "checkpoint.directory",
        () -> Directories.asUri(settings.get(QuadstreamOptions.CHECKPOINT_DIRECTORY)));
    settings.checked(
        "image.addresses",
        () -> ImageAddresses.of(settings.get(QuadstreamOptions.IMAGE_ADDRESSES)));
    settings.checked("image.channels, image.height, image.width", settings::shape);
    settings.checked("image.max-pixels", settings::imageLimits);
    settings.checked(
        "network.trunk, network.embedding-size, training.learning-rate", settings::network);
    settings.checked("margin.fixed-first, margin.fixed-second", settings::fixedMargins);
    settings.checked("margin.weight-first, margin.weight-second, margin.floor", settings::margins);
    settings.checked(
        "augmentation.shift, augmentation.rotation, augmentation.scale", settings::augmentation);
    settings.checked(
        "training.pair-softmax-weight",
        () -> new PairSoftmaxLoss(settings.get(QuadstreamOptions.TRAINING_PAIR_SOFTMAX_WEIGHT)));
    settings.checked(
        "margin.smoothing, training.gradient-norm-limit, training.collapse-threshold",
        settings::training);
    return settings;
  }

  /** The same settings with another value of one option. */
  public <T> PipelineSettings with(ConfigOption<T> option, T value) {
    Configuration changed = new Configuration(configuration);
    changed.set(option, value);
    return of(changed);
  }

  /** The value of one option. */
  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** The configuration that the settings were read from. */
  public ReadableConfig configuration() {
    return configuration;
  }

  /**
   * The name of this pipeline among all on the same brokers, for its consumer group and
   * transactions: {@code group/images topic/network}. Neither of the last two can hold a slash, so
   * no two pipelines that differ in one of the three share a name.
   */
  public String kafkaName() {
    return String.join(
        "/",
        get(QuadstreamOptions.KAFKA_GROUP),
        new Topics(get(QuadstreamOptions.KAFKA_TOPIC_PREFIX)).images(),
        get(QuadstreamOptions.NETWORK_NAME));
  }

  /** The size of the images that the network reads. */
  public ImageShape shape() {
    return new ImageShape(
        get(QuadstreamOptions.IMAGE_CHANNELS),
        get(QuadstreamOptions.IMAGE_HEIGHT),
        get(QuadstreamOptions.IMAGE_WIDTH));
  }

  /** What is refused before it is decoded. */
  public ImageLimits imageLimits() {
    return new ImageLimits(
        Math.toIntExact(get(QuadstreamOptions.IMAGE_MAX_BYTES).getBytes()),
        get(QuadstreamOptions.IMAGE_MAX_PIXELS));
  }

  /** The network. */
  public NetworkSpec network() {
    return new NetworkSpec(
        get(QuadstreamOptions.NETWORK_TRUNK),
        shape(),
        get(QuadstreamOptions.NETWORK_EMBEDDING_SIZE),
        get(QuadstreamOptions.NETWORK_METRIC),
        get(QuadstreamOptions.TRAINING_UPDATER),
        get(QuadstreamOptions.TRAINING_LEARNING_RATE),
        get(QuadstreamOptions.SEED));
  }

  /** The job's windows, mining and training as a plain loop in one thread; close it. */
  public TrainingLoop trainingLoop() {
    return new TrainingLoop(
        network(),
        mining(),
        training(),
        get(QuadstreamOptions.WINDOW_IMAGES),
        get(QuadstreamOptions.PUBLISH_EVERY),
        get(QuadstreamOptions.MINING_STALENESS));
  }

  /** How batches are assembled. */
  public MiningOptions mining() {
    return new MiningOptions(
        get(QuadstreamOptions.MINING_POLICY),
        get(QuadstreamOptions.TRAINING_LOSS),
        get(QuadstreamOptions.MINING_QUADRUPLETS),
        get(QuadstreamOptions.MINING_MEMORY_IMAGES),
        get(QuadstreamOptions.MEMORY_CAPACITY),
        get(QuadstreamOptions.MEMORY_SEARCH_IMAGES),
        get(QuadstreamOptions.SEED));
  }

  /** How margins are found. */
  public MarginRule margins() {
    return new MarginRule(
        get(QuadstreamOptions.MARGIN_ADAPTIVE),
        fixedMargins(),
        get(QuadstreamOptions.MARGIN_WEIGHT_FIRST),
        get(QuadstreamOptions.MARGIN_WEIGHT_SECOND),
        get(QuadstreamOptions.MARGIN_FLOOR));
  }

  /** How the network learns. */
  public TrainingOptions training() {
    return new TrainingOptions(
        get(QuadstreamOptions.TRAINING_LOSS),
        margins(),
        get(QuadstreamOptions.TRAINING_PAIR_SOFTMAX_WEIGHT),
        get(QuadstreamOptions.MARGIN_SMOOTHING),
        get(QuadstreamOptions.TRAINING_WARM_UP_WINDOWS),
        get(QuadstreamOptions.TRAINING_RAMP_UPDATES),
        get(QuadstreamOptions.TRAINING_AVERAGE_WINDOWS),
        augmentation(),
        get(QuadstreamOptions.AUGMENTATION_ORIENTATIONS),
        get(QuadstreamOptions.TRAINING_GRADIENT_NORM_LIMIT),
        get(QuadstreamOptions.TRAINING_COLLAPSE_THRESHOLD),
        get(QuadstreamOptions.TRAINING_REFUSED_IN_A_ROW),
        get(QuadstreamOptions.PUBLISH_EVERY),
        get(QuadstreamOptions.SEED));
  }

  /** Where models are published. */
  public Path registryDirectory() {
    return new Path(Directories.asUri(get(QuadstreamOptions.REGISTRY_DIRECTORY)));
  }

  /** Where checkpoints and savepoints go. */
  public Path checkpointDirectory() {
    return new Path(Directories.asUri(get(QuadstreamOptions.CHECKPOINT_DIRECTORY)));
  }

  /** How windows close. */
  public WindowKind windowKind() {
    return get(QuadstreamOptions.WINDOW_KIND);
  }

  /** Longest time that a window stays open; zero where only the count closes it. */
  public Duration windowTimeout() {
    return get(QuadstreamOptions.WINDOW_TIMEOUT);
  }

  /** The most images that a window of the configured kind can hold. */
  public int mostWindowImages() {
    return get(
        windowKind() == WindowKind.COUNT
            ? QuadstreamOptions.WINDOW_IMAGES
            : QuadstreamOptions.WINDOW_MAX_IMAGES);
  }

  /**
   * How many windows gather images at once at the most: one by count, and in event time those that
   * the out-of-orderness asks for, and some to spare.
   */
  public long mostOpenWindows() {
    return windowKind() == WindowKind.COUNT
        ? 1
        : SPARE_WINDOWS
            + get(QuadstreamOptions.WINDOW_OUT_OF_ORDERNESS).toMillis()
                / windowTimeout().toMillis();
  }

  /** Reads records of the images topic; for one operator. */
  public ImageRecordParser parser() {
    return new ImageRecordParser(
        imageLimits().maxEncodedBytes(), new CaptureTime(get(QuadstreamOptions.IMAGE_MAX_AHEAD)));
  }

  /** The number of replicas that train the model. */
  public int replicas() {
    return 1;
  }

  private Margins fixedMargins() {
    return new Margins(
        get(QuadstreamOptions.MARGIN_FIXED_FIRST), get(QuadstreamOptions.MARGIN_FIXED_SECOND));
  }

  private ImageAugmentation augmentation() {
    return new ImageAugmentation(
        get(QuadstreamOptions.AUGMENTATION_SHIFT),
        get(QuadstreamOptions.AUGMENTATION_ROTATION),
        get(QuadstreamOptions.AUGMENTATION_SCALE),
        get(QuadstreamOptions.AUGMENTATION_MIRROR));
  }

  private void read(ConfigOption<?> option) {
    try {
      configuration.get(option);
    } catch (IllegalArgumentException e) {
      throw new InvalidOptionException(option.key(), configuration.toMap().get(option.key()), e);
    }
  }

  private void requireAtLeast(ConfigOption<Integer> option, int least) {
    if (get(option) < least) {
      throw new InvalidOptionException(
          option.key(), String.valueOf(get(option)), "it must be " + least + " or more");
    }
  }

  private void requireParallelism(ConfigOption<Integer> option) {
    if (get(option) < 1 || get(option) > ReplicaKeys.MAX_PARALLELISM) {
      throw new InvalidOptionException(
          option.key(),
          String.valueOf(get(option)),
          "it must be 1 to " + ReplicaKeys.MAX_PARALLELISM);
    }
  }

  private void requireWindowSize() {
    int most = get(QuadstreamOptions.WINDOW_MAX_IMAGES);
    if (windowKind() == WindowKind.COUNT && get(QuadstreamOptions.WINDOW_IMAGES) > most) {
      throw new InvalidOptionException(
          QuadstreamOptions.WINDOW_IMAGES.key(),
          String.valueOf(get(QuadstreamOptions.WINDOW_IMAGES)),
          "it must be at most %s, which is %d"
              .formatted(QuadstreamOptions.WINDOW_MAX_IMAGES.key(), most));
    }
  }

  private void requireWindowLength() {
    if (windowKind() == WindowKind.EVENT_TIME && windowTimeout().toMillis() == 0) {
      throw new InvalidOptionException(
          QuadstreamOptions.WINDOW_TIMEOUT.key(),
          windowTimeout().toString(),
          "an event-time window must be 1 ms long or more");
    }
  }

  private void requireArrayLength(ConfigOption<MemorySize> option) {
    long bytes = get(option).getBytes();
    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
      throw new InvalidOptionException(
          option.key(), get(option).toString(), "it must be 1 byte to 2 GB");
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
