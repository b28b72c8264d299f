package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.network.MetricKind;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.TrunkKind;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the network. */
public final class NetworkConfig {

  public static final ConfigOption<String> NAME =
      key("network.name")
          .stringType()
          .defaultValue("quadstream")
          .withDescription("Name of the network: key of its models and folder in the registry.");

  public static final ConfigOption<TrunkKind> TRUNK =
      key("network.trunk")
          .enumType(TrunkKind.class)
          .defaultValue(TrunkKind.SMALL)
          .withDescription(
              "small (for 28 to 32 pixels), medium (64 to 128) or alexnet (227, the paper's sizes). Cannot change on restore.");

  public static final ConfigOption<Integer> EMBEDDING_SIZE =
      key("network.embedding-size")
          .intType()
          .defaultValue(64)
          .withDescription("Values in an embedding. Cannot change on restore.");

  public static final ConfigOption<MetricKind> METRIC =
      key("network.metric")
          .enumType(MetricKind.class)
          .defaultValue(MetricKind.LEARNED)
          .withDescription(
              "learned: g by a two-output softmax over features of the pair. euclidean: half the distance of unit vectors. Cannot change on restore.");

  public static final ConfigOption<String> START_FROM =
      key("network.start-from")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Model file whose parameters a new run starts from, as its version 0, on any file system of Flink's; of the same trunk, input, embedding size and metric. A run that goes on from a checkpoint keeps its own. Not set: the network that the seed makes.");

  private NetworkConfig() {}

  /** The network. */
  static NetworkSpec of(ReadableConfig config) {
    return new NetworkSpec(
        config.get(TRUNK),
        ImageConfig.shape(config),
        config.get(EMBEDDING_SIZE),
        config.get(METRIC),
        config.get(TrainingConfig.UPDATER),
        config.get(TrainingConfig.LEARNING_RATE),
        config.get(JobConfig.SEED));
  }
}
