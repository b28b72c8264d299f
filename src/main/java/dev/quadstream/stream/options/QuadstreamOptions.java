package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.image.Orientation;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.network.MetricKind;
import dev.quadstream.network.TrunkKind;
import dev.quadstream.network.UpdaterKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/**
 * Every option of Quadstream, with its type, default, unit and meaning. docs/configuration.md is
 * generated from this class.
 */
public final class QuadstreamOptions {

  // Kafka

  public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS =
      key("kafka.bootstrap-servers")
          .stringType()
          .defaultValue("localhost:9092")
          .withDescription("Kafka brokers, as host:port, separated by commas.");

  public static final ConfigOption<String> KAFKA_TOPIC_PREFIX =
      key("kafka.topic-prefix")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Put before the names of all five topics: images, embeddings, models, reports, dead-letters.");

  public static final ConfigOption<String> KAFKA_GROUP =
      key("kafka.group")
          .stringType()
          .defaultValue("quadstream")
          .withDescription(
              "Begins the names of the consumer group and of the transactions, group/images topic/network.name, so that two pipelines on one broker never meet. The group's offsets are for monitoring: a restart continues from Flink's checkpoint and not from these.");

  public static final ConfigOption<StartingOffsets> KAFKA_STARTING_OFFSETS =
      key("kafka.starting-offsets")
          .enumType(StartingOffsets.class)
          .defaultValue(StartingOffsets.EARLIEST)
          .withDescription("Where a job without a checkpoint starts to read the images topic.");

  public static final ConfigOption<Delivery> KAFKA_DELIVERY =
      key("kafka.delivery")
          .enumType(Delivery.class)
          .defaultValue(Delivery.AT_LEAST_ONCE)
          .withDescription(
              "Delivery of embeddings, reports and dead letters. With exactly-once they become visible to read_committed consumers at each checkpoint. Models are always at least once: they are keyed and versioned, so a repeat changes nothing, and mining waits for them.");

  public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT =
      key("kafka.transaction-timeout")
          .durationType()
          .defaultValue(Duration.ofMinutes(15))
          .withDescription(
              "With exactly-once, how long a transaction may stay open. At most transaction.max.timeout.ms of the broker, which is 15 minutes out of the box, and longer than the longest outage after which nothing may be lost.");

  public static final ConfigOption<String> KAFKA_SKIP =
      key("kafka.skip")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Records of the images topic that become dead letters unread, as partition@offset,partition@offset: for one that stops the job each time it is read.");

  public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
      key("kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Further properties of all Kafka clients, such as security.protocol, sasl.jaas.config or max.request.size. Secrets are never printed.");

  // Images

  public static final ConfigOption<Integer> IMAGE_CHANNELS =
      key("image.channels")
          .intType()
          .defaultValue(1)
          .withDescription("Channels that the network reads: 1 (grey) or 3 (colour).");

  public static final ConfigOption<Integer> IMAGE_HEIGHT =
      key("image.height")
          .intType()
          .defaultValue(32)
          .withDescription("Height in pixels that images are resized to.");

  public static final ConfigOption<Integer> IMAGE_WIDTH =
      key("image.width")
          .intType()
          .defaultValue(32)
          .withDescription("Width in pixels that images are resized to.");

  public static final ConfigOption<MemorySize> IMAGE_MAX_BYTES =
      key("image.max-bytes")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(10))
          .withDescription(
              "A record whose key, value and headers take more becomes a dead letter, unread. Each header counts 100 bytes beyond its name and value.");

  public static final ConfigOption<String> IMAGE_ADDRESSES =
      key("image.addresses")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Where images may be fetched from that records name by address in place of their bytes, as prefixes separated by commas, such as s3://photos/,file:///data/photos/. On any file system that Flink knows. Empty: from nowhere, and such records are dead letters.");

  public static final ConfigOption<Long> IMAGE_MAX_PIXELS =
      key("image.max-pixels")
          .longType()
          .defaultValue(50_000_000L)
          .withDescription(
              "An image with more pixels becomes a dead letter, before it is decoded. For WebP, whose codec needs 25 bytes of heap a pixel, an eighth of it.");

  public static final ConfigOption<Duration> IMAGE_MAX_AHEAD =
      key("image.max-ahead")
          .durationType()
          .defaultValue(CaptureTime.USUALLY_AHEAD)
          .withDescription(
              "An image whose captured-at lies further ahead of its record's own time, or of the clock, becomes a dead letter: in event time all that come after it would be late.");

  // Windows

  public static final ConfigOption<Integer> WINDOW_IMAGES =
      key("window.images")
          .intType()
          .defaultValue(32)
          .withDescription("A window closes when it holds this many images.");

  public static final ConfigOption<Integer> WINDOW_MAX_IMAGES =
      key("window.max-images")
          .intType()
          .defaultValue(256)
          .withDescription(
              "A window of any kind closes when it holds this many images, or so many removals: with event-time windows what comes after makes a further window of the same time. Memory is reckoned by it, and window.images may not be more.");

  public static final ConfigOption<Duration> WINDOW_TIMEOUT =
      key("window.timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "A window closes this long after its first image, however few it holds. 0 never closes by time; then, and only then, the windows are a function of the input alone.");

  public static final ConfigOption<WindowKind> WINDOW_KIND =
      key("window.kind")
          .enumType(WindowKind.class)
          .defaultValue(WindowKind.COUNT)
          .withDescription(
              "count: closes by window.images or window.timeout, whichever comes first. event-time: tumbling windows of window.timeout over captured-at; what comes too late for its window is a dead letter.");

  public static final ConfigOption<Duration> WINDOW_OUT_OF_ORDERNESS =
      key("window.out-of-orderness")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "With event-time windows, how much later than others of its partition an image may come.");

  public static final ConfigOption<Duration> SOURCE_IDLENESS =
      key("source.idleness")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "A partition whose images bring no later time for this long no longer holds back event time.");

  // Mining and memory

  public static final ConfigOption<MiningPolicy> MINING_POLICY =
      key("mining.policy")
          .enumType(MiningPolicy.class)
          .defaultValue(MiningPolicy.MARGIN)
          .withDescription(
              "Which negatives are chosen: margin (at random among those that violate the margin beyond the positive), semi-hard, hardest or random.");

  public static final ConfigOption<Integer> MINING_QUADRUPLETS =
      key("mining.quadruplets")
          .intType()
          .defaultValue(0)
          .withDescription(
              "M, the quadruplets mined for each window. 0: one for each image of the batch.");

  public static final ConfigOption<Integer> MINING_MEMORY_IMAGES =
      key("mining.memory-images")
          .intType()
          .defaultValue(32)
          .withDescription(
              "At most so many images of the memory join the window's in a batch: partners, hard negatives and images drawn at random.");

  public static final ConfigOption<Integer> MINING_STALENESS =
      key("mining.staleness")
          .intType()
          .defaultValue(4)
          .withDescription(
              "L: window w is mined with model version P·⌊max(0, w − L)/P⌋, P being publish.every. 0 trains and mines in turn; more lets them overlap.");

  public static final ConfigOption<Integer> MINING_WAITING_WINDOWS =
      key("mining.waiting-windows")
          .intType()
          .defaultValue(16)
          .withDescription(
              "At most so many windows wait in state for their model; beyond that the stream is held back: each further one is taken up the more slowly the more there are.");

  public static final ConfigOption<Integer> MEMORY_CAPACITY =
      key("memory.capacity")
          .intType()
          .defaultValue(2_048)
          .withDescription("Images that the class-balanced memory holds at the most.");

  public static final ConfigOption<Integer> MEMORY_SEARCH_IMAGES =
      key("memory.search-images")
          .intType()
          .defaultValue(4_096)
          .withDescription(
              "Images of the memory that are embedded anew with each published model; each image of a window looks for its nearest among them. Of a larger memory each model embeds those that are longest overdue; the others still join batches.");

  // Network and training

  public static final ConfigOption<String> NETWORK_NAME =
      key("network.name")
          .stringType()
          .defaultValue("quadstream")
          .withDescription("Name of the network: key of its models and folder in the registry.");

  public static final ConfigOption<TrunkKind> NETWORK_TRUNK =
      key("network.trunk")
          .enumType(TrunkKind.class)
          .defaultValue(TrunkKind.SMALL)
          .withDescription(
              "small (for 28 to 32 pixels), medium (64 to 128) or alexnet (227, the paper's sizes). Cannot change on restore.");

  public static final ConfigOption<Integer> NETWORK_EMBEDDING_SIZE =
      key("network.embedding-size")
          .intType()
          .defaultValue(64)
          .withDescription("Values in an embedding. Cannot change on restore.");

  public static final ConfigOption<MetricKind> NETWORK_METRIC =
      key("network.metric")
          .enumType(MetricKind.class)
          .defaultValue(MetricKind.LEARNED)
          .withDescription(
              "learned: g by a two-output softmax over features of the pair. euclidean: half the distance of unit vectors. Cannot change on restore.");

  public static final ConfigOption<LossForm> TRAINING_LOSS =
      key("training.loss")
          .enumType(LossForm.class)
          .defaultValue(LossForm.QUADRUPLET)
          .withDescription("quadruplet (Eq. 3) or triplet (Eq. 2, the baseline).");

  public static final ConfigOption<UpdaterKind> TRAINING_UPDATER =
      key("training.updater")
          .enumType(UpdaterKind.class)
          .defaultValue(UpdaterKind.ADAM)
          .withDescription("Which updater turns gradients into steps.");

  public static final ConfigOption<Double> TRAINING_LEARNING_RATE =
      key("training.learning-rate")
          .doubleType()
          .defaultValue(1e-3)
          .withDescription("Learning rate of the updater.");

  public static final ConfigOption<Double> TRAINING_PAIR_SOFTMAX_WEIGHT =
      key("training.pair-softmax-weight")
          .doubleType()
          .defaultValue(0.3)
          .withDescription(
              "Weight of the pair cross-entropy beside the quadruplet loss. Without effect under the Euclidean metric.");

  public static final ConfigOption<Integer> TRAINING_WARM_UP_WINDOWS =
      key("training.warm-up-windows")
          .intType()
          .defaultValue(30)
          .withDescription(
              "Windows that train on random quadruplets with the fixed margins before mining starts.");

  public static final ConfigOption<Integer> TRAINING_RAMP_UPDATES =
      key("training.ramp-updates")
          .intType()
          .defaultValue(100)
          .withDescription(
              "Updates over which the learning rate rises to its full value, so that the first ones do not carry all embeddings to one point. 0 is off.");

  public static final ConfigOption<Integer> TRAINING_AVERAGE_WINDOWS =
      key("training.average-windows")
          .intType()
          .defaultValue(200)
          .withDescription(
              "What is published, mined and embedded with is a running average of the parameters over about so many windows. 1 is off.");

  public static final ConfigOption<Boolean> MARGIN_ADAPTIVE =
      key("margin.adaptive")
          .booleanType()
          .defaultValue(true)
          .withDescription("Whether the margins follow the distances (Eq. 4) after the warm-up.");

  public static final ConfigOption<Double> MARGIN_FIXED_FIRST =
      key("margin.fixed-first")
          .doubleType()
          .defaultValue(1.0)
          .withDescription("α₁ of the warm-up, and of all windows where margins are not adaptive.");

  public static final ConfigOption<Double> MARGIN_FIXED_SECOND =
      key("margin.fixed-second")
          .doubleType()
          .defaultValue(0.5)
          .withDescription("α₂ of the warm-up, and of all windows where margins are not adaptive.");

  public static final ConfigOption<Double> MARGIN_WEIGHT_FIRST =
      key("margin.weight-first").doubleType().defaultValue(1.0).withDescription("w₁ of Eq. 4.");

  public static final ConfigOption<Double> MARGIN_WEIGHT_SECOND =
      key("margin.weight-second").doubleType().defaultValue(0.5).withDescription("w₂ of Eq. 4.");

  public static final ConfigOption<Double> MARGIN_FLOOR =
      key("margin.floor")
          .doubleType()
          .defaultValue(0.05)
          .withDescription("The least adaptive α₁, so that the margin cannot vanish for good.");

  public static final ConfigOption<Double> MARGIN_SMOOTHING =
      key("margin.smoothing")
          .doubleType()
          .defaultValue(0.9)
          .withDescription("Weight of the past in the smoothed means μ_p and μ_n, 0 to below 1.");

  public static final ConfigOption<Double> AUGMENTATION_SHIFT =
      key("augmentation.shift")
          .doubleType()
          .defaultValue(0.03)
          .withDescription(
              "Images are trained on shifted by up to this fraction of their side. 0 is off.");

  public static final ConfigOption<Double> AUGMENTATION_ROTATION =
      key("augmentation.rotation")
          .doubleType()
          .defaultValue(0.05)
          .withDescription("Images are trained on rotated by up to this many radians. 0 is off.");

  public static final ConfigOption<Double> AUGMENTATION_SCALE =
      key("augmentation.scale")
          .doubleType()
          .defaultValue(0.05)
          .withDescription("Images are trained on scaled by up to this fraction. 0 is off.");

  public static final ConfigOption<Boolean> AUGMENTATION_MIRROR =
      key("augmentation.mirror")
          .booleanType()
          .defaultValue(false)
          .withDescription("Whether half of the images are trained on mirrored left to right.");

  public static final ConfigOption<Orientation.Choice> AUGMENTATION_ORIENTATIONS =
      key("augmentation.orientations")
          .enumType(Orientation.Choice.class)
          .defaultValue(Orientation.Choice.ALL)
          .withDescription(
              "Each batch is trained on in an orientation drawn from these, all its images in the same. UPRIGHT is off; MIRRORED, left to right; ALL, also upside down and, where images are square, on their sides. It helps with classes that were never seen.");

  public static final ConfigOption<Double> TRAINING_GRADIENT_NORM_LIMIT =
      key("training.gradient-norm-limit")
          .doubleType()
          .defaultValue(1_000.0)
          .withDescription("A window whose gradient is longer than this is refused.");

  public static final ConfigOption<Double> TRAINING_COLLAPSE_THRESHOLD =
      key("training.collapse-threshold")
          .doubleType()
          .defaultValue(1e-5)
          .withDescription(
              "The embedding has collapsed where images of different classes are less than this apart in the mean, as ¼‖f_x − f_y‖². The last good parameters come back.");

  public static final ConfigOption<Integer> TRAINING_REFUSED_IN_A_ROW =
      key("training.refused-in-a-row")
          .intType()
          .defaultValue(20)
          .withDescription("So many refused windows in a row fail the job.");

  public static final ConfigOption<Long> SEED =
      key("seed")
          .longType()
          .defaultValue(1L)
          .withDescription("Seed of the weights and of every draw.");

  // Publishing

  public static final ConfigOption<Integer> PUBLISH_EVERY =
      key("publish.every")
          .intType()
          .defaultValue(32)
          .withDescription(
              "P: windows between two published models. With each, memory.search-images of the memory are embedded anew. May change when a job goes on from a savepoint.");

  public static final ConfigOption<String> REGISTRY_DIRECTORY =
      key("registry.directory")
          .stringType()
          .defaultValue("work/models")
          .withDescription(
              "Directory of the published models, on any file system that Flink knows (file:, s3:, …). All task managers must see it.");

  // Job

  public static final ConfigOption<Integer> PARALLELISM =
      key("parallelism")
          .intType()
          .defaultValue(1)
          .withDescription("Parallelism of reading and decoding.");

  public static final ConfigOption<Duration> CHECKPOINT_INTERVAL =
      key("checkpoint.interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(30))
          .withDescription("Time between two checkpoints. 0 switches them off.");

  public static final ConfigOption<String> CHECKPOINT_DIRECTORY =
      key("checkpoint.directory")
          .stringType()
          .defaultValue("work/checkpoints")
          .withDescription("Directory of the checkpoints, on any file system that Flink knows.");

  public static final ConfigOption<String> FLINK_ADDRESS =
      key("flink.address")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "REST address of a Flink cluster, as host:port, to submit the job to. Without it the job runs in this process.");

  /** All options, in the order of the documentation. */
  public static final List<ConfigOption<?>> ALL =
      List.of(
          KAFKA_BOOTSTRAP_SERVERS,
          KAFKA_TOPIC_PREFIX,
          KAFKA_GROUP,
          KAFKA_STARTING_OFFSETS,
          KAFKA_DELIVERY,
          KAFKA_TRANSACTION_TIMEOUT,
          KAFKA_SKIP,
          KAFKA_PROPERTIES,
          IMAGE_CHANNELS,
          IMAGE_HEIGHT,
          IMAGE_WIDTH,
          IMAGE_MAX_BYTES,
          IMAGE_ADDRESSES,
          IMAGE_MAX_PIXELS,
          IMAGE_MAX_AHEAD,
          WINDOW_IMAGES,
          WINDOW_MAX_IMAGES,
          WINDOW_TIMEOUT,
          WINDOW_KIND,
          WINDOW_OUT_OF_ORDERNESS,
          SOURCE_IDLENESS,
          MINING_POLICY,
          MINING_QUADRUPLETS,
          MINING_MEMORY_IMAGES,
          MINING_STALENESS,
          MINING_WAITING_WINDOWS,
          MEMORY_CAPACITY,
          MEMORY_SEARCH_IMAGES,
          NETWORK_NAME,
          NETWORK_TRUNK,
          NETWORK_EMBEDDING_SIZE,
          NETWORK_METRIC,
          TRAINING_LOSS,
          TRAINING_UPDATER,
          TRAINING_LEARNING_RATE,
          TRAINING_PAIR_SOFTMAX_WEIGHT,
          TRAINING_WARM_UP_WINDOWS,
          TRAINING_RAMP_UPDATES,
          TRAINING_AVERAGE_WINDOWS,
          MARGIN_ADAPTIVE,
          MARGIN_FIXED_FIRST,
          MARGIN_FIXED_SECOND,
          MARGIN_WEIGHT_FIRST,
          MARGIN_WEIGHT_SECOND,
          MARGIN_FLOOR,
          MARGIN_SMOOTHING,
          AUGMENTATION_SHIFT,
          AUGMENTATION_ROTATION,
          AUGMENTATION_SCALE,
          AUGMENTATION_MIRROR,
          AUGMENTATION_ORIENTATIONS,
          TRAINING_GRADIENT_NORM_LIMIT,
          TRAINING_COLLAPSE_THRESHOLD,
          TRAINING_REFUSED_IN_A_ROW,
          SEED,
          PUBLISH_EVERY,
          REGISTRY_DIRECTORY,
          PARALLELISM,
          CHECKPOINT_INTERVAL,
          CHECKPOINT_DIRECTORY,
          FLINK_ADDRESS);

  private QuadstreamOptions() {}

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

  /** How windows close. */
  public enum WindowKind {
    COUNT,
    EVENT_TIME
  }
}
