package dev.quadstream.stream.options;

import dev.quadstream.image.ContentDecoder;
import dev.quadstream.image.ImageDecoder;
import dev.quadstream.image.ImageLimits;
import dev.quadstream.image.ImageShape;
import dev.quadstream.kafka.CaptureTime;
import dev.quadstream.kafka.ImageRecordParser;
import dev.quadstream.kafka.ImageRecordParser.Unlabelled;
import dev.quadstream.kafka.KafkaConnection;
import dev.quadstream.kafka.Topics;
import dev.quadstream.metric.MarginRule;
import dev.quadstream.network.Backbones;
import dev.quadstream.network.FrozenBackbone;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.stream.options.KafkaConfig.Delivery;
import dev.quadstream.stream.options.WindowConfig.WindowKind;
import dev.quadstream.training.LoopOptions;
import dev.quadstream.training.MiningOptions;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.ReleaseOptions;
import dev.quadstream.training.TrainingOptions;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.fs.Path;

/**
 * The options as the operators use them, read and checked once before the job is built.
 *
 * <p>It is itself serialisable as the configuration it came from, so that operators can carry it.
 */
public final class PipelineSettings implements Serializable {

  /**
   * The most bytes of parameters that a replica sends to the merge as a record of Flink's network:
   * it lies on the heap of both ends while it is sent. What is larger goes by the registry.
   */
  public static final long LARGEST_RECORD = 32L << 20;

  private static final long serialVersionUID = 1L;

  private static final int SPARE_WINDOWS = 16;

  /** Of one start and not of a pipeline, so no option to be found in a file. */
  private static final ConfigOption<Boolean> RESCALE =
      ConfigOptions.key("rescale").booleanType().defaultValue(false);

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
    new SettingsCheck(settings, settings.configuration).require();
    return settings;
  }

  /** The same settings with another value of one option. */
  public <T> PipelineSettings with(ConfigOption<T> option, T value) {
    Configuration changed = new Configuration(configuration);
    changed.set(option, value);
    return of(changed);
  }

  /** The same settings for processes with other working directories, where paths lead elsewhere. */
  public PipelineSettings withAbsolutePaths() {
    Configuration changed = new Configuration(configuration);
    for (ConfigOption<String> option :
        List.of(
            JobConfig.REGISTRY_DIRECTORY,
            JobConfig.CHECKPOINT_DIRECTORY,
            NetworkConfig.START_FROM,
            NetworkConfig.BACKBONE)) {
      String path = get(option);
      if (!path.isEmpty()) {
        changed.set(option, Directories.asUri(path));
      }
    }
    return of(changed);
  }

  /**
   * The same settings for a job that may go on with another number of replicas than its state's.
   */
  public PipelineSettings rescaling() {
    return with(RESCALE, true);
  }

  /** Whether the number of replicas may differ from that of the state that the job goes on from. */
  public boolean mayRescale() {
    return get(RESCALE);
  }

  /** The value of one option. */
  public <T> T get(ConfigOption<T> option) {
    return configuration.get(option);
  }

  /** The options that are set, by key, as a file may hold them. */
  public Map<String, String> given() {
    Map<String, String> values = new TreeMap<>(configuration.toMap());
    values.keySet().retainAll(QuadstreamOptions.ALL.stream().map(ConfigOption::key).toList());
    return values;
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
    return String.join("/", get(KafkaConfig.GROUP), topics().images(), get(NetworkConfig.NAME));
  }

  public KafkaConnection kafka() {
    return new KafkaConnection(get(KafkaConfig.BOOTSTRAP_SERVERS), get(KafkaConfig.PROPERTIES));
  }

  public Topics topics() {
    return new Topics(get(KafkaConfig.TOPIC_PREFIX));
  }

  /** How long the job's transactions may stay open; zero where it writes none. */
  public Duration transactionTimeout() {
    return get(KafkaConfig.DELIVERY) == Delivery.EXACTLY_ONCE
        ? get(KafkaConfig.TRANSACTION_TIMEOUT)
        : Duration.ZERO;
  }

  /** The records of a topic that are passed over. */
  public SkippedRecords skipped(SkippedRecords.InputTopic topic) {
    return SkippedRecords.of(topic, get(KafkaConfig.SKIP));
  }

  /** The size of the images that the network reads. */
  public ImageShape shape() {
    return NetworkConfig.input(configuration);
  }

  /**
   * Brings images to a size, within the limits and over the ground that are set.
   *
   * @param shape the size: {@link #shape()} for this pipeline's network
   */
  public ImageDecoder imageDecoder(ImageShape shape) {
    return new ImageDecoder(shape, imageLimits(), ImageConfig.ground(configuration));
  }

  /** What is refused before it is decoded. */
  public ImageLimits imageLimits() {
    return ImageConfig.limits(configuration);
  }

  /**
   * Decodes images to what the network reads; loads the backbone, where there is one and this
   * process has not loaded it.
   *
   * @throws InvalidOptionException where its file is not the one that the job was started with
   */
  public ContentDecoder contentDecoder() {
    ImageDecoder decoder = imageDecoder(shape());
    return backbone()
        .map(backbone -> Backbones.decoder(decoder, backbone))
        .orElseGet(() -> ContentDecoder.ofPixels(decoder));
  }

  /**
   * Decodes images to pixels, and refuses those that {@link #contentDecoder} refuses.
   *
   * @throws InvalidOptionException as there
   */
  public ContentDecoder pixelDecoder() {
    ImageDecoder decoder = imageDecoder(shape());
    return backbone()
        .map(backbone -> Backbones.pixelDecoder(decoder, backbone))
        .orElseGet(() -> ContentDecoder.ofPixels(decoder));
  }

  private Optional<FrozenBackbone> backbone() {
    return ResolvedBackbone.of(configuration)
        .map(backbone -> BackboneFiles.load(configuration, backbone.spec()));
  }

  /** Frees the memory of this process's backbones, which nobody may use any more. */
  public static void closeBackbones() {
    BackboneFiles.close();
  }

  /** Bytes of the backbone's file; 0 where there is none. */
  public long backboneBytes() {
    return ResolvedBackbone.of(configuration).map(ResolvedBackbone::fileBytes).orElse(0L);
  }

  public NetworkSpec network() {
    return NetworkConfig.of(configuration);
  }

  /** What is learned, without what it takes to run it as a job. */
  public LoopOptions loop() {
    return TrainingConfig.loop(configuration);
  }

  /** How batches are assembled. */
  public MiningOptions mining() {
    return MiningConfig.of(configuration);
  }

  /** How margins are found. */
  public MarginRule margins() {
    return MarginConfig.of(configuration);
  }

  /** Which published versions are released. */
  public ReleaseOptions releases() {
    return ReleaseConfig.of(configuration);
  }

  /** How the network learns. */
  public TrainingOptions training() {
    return TrainingConfig.of(configuration);
  }

  /** What a merge makes of what the replicas learned. */
  public OuterStep outerStep() {
    return TrainingConfig.outer(configuration);
  }

  /**
   * The bytes of parameters that a replica brings to the merge at the end of a round: the iterate
   * and its average, with an outer step those at the start of the round, too.
   *
   * @param parameters of the network
   */
  public long contributionBytes(long parameters) {
    return (hasOuterStep() ? 4 : 2) * Float.BYTES * parameters;
  }

  /** Whether a merge is more than the mean of the replicas' parameters. */
  public boolean hasOuterStep() {
    return !outerStep().isPlain();
  }

  /** Where models are published. */
  public Path registryDirectory() {
    return new Path(Directories.asUri(get(JobConfig.REGISTRY_DIRECTORY)));
  }

  /** Where checkpoints and savepoints go. */
  public Path checkpointDirectory() {
    return new Path(Directories.asUri(get(JobConfig.CHECKPOINT_DIRECTORY)));
  }

  /** How many images wait for a label at the most: none where they are refused. */
  public long maxImagesWithoutLabel() {
    return get(ImageConfig.UNLABELLED) == Unlabelled.QUESTION ? get(LabelConfig.CAPACITY) : 0;
  }

  /** The most images that a window of the configured kind can hold. */
  public int maxWindowImages() {
    return get(
        get(WindowConfig.KIND) == WindowKind.COUNT ? WindowConfig.IMAGES : WindowConfig.MAX_IMAGES);
  }

  /**
   * How many windows gather images at once at the most: one by count, and in event time those that
   * the out-of-orderness asks for, and some to spare.
   */
  public long maxOpenWindows() {
    return get(WindowConfig.KIND) == WindowKind.COUNT
        ? 1
        : SPARE_WINDOWS
            + get(WindowConfig.OUT_OF_ORDERNESS).toMillis() / get(WindowConfig.TIMEOUT).toMillis();
  }

  /** Reads records of the images topic; for one operator. */
  public ImageRecordParser parser() {
    return new ImageRecordParser(
        imageLimits().maxEncodedBytes(),
        new CaptureTime(get(ImageConfig.MAX_AHEAD)),
        get(ImageConfig.UNLABELLED));
  }

  /**
   * The newest models that a run may ask for: those that windows on their way are mined with, the
   * newest, and one on its way down.
   */
  public long modelsOnTheirWay() {
    long between = Math.max(1, get(JobConfig.PUBLISH_EVERY) / replicas());
    return (get(MiningConfig.STALENESS) + between - 1) / between + 2;
  }

  /** The number of replicas that train the model. */
  public int replicas() {
    return get(JobConfig.REPLICAS);
  }
}
