package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.metric.MiningPolicy;
import dev.quadstream.training.MiningOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of mining and of the memory. */
public final class MiningConfig {

  public static final ConfigOption<MiningPolicy> POLICY =
      key("mining.policy")
          .enumType(MiningPolicy.class)
          .defaultValue(MiningPolicy.MARGIN)
          .withDescription(
              "Which negatives are chosen: margin (at random among those that violate the margin beyond the positive), semi-hard, hardest or random.");

  public static final ConfigOption<Boolean> ANEW =
      key("mining.anew")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether quadruplets are mined anew from the training step's own forward pass, as the paper does, and not by a model some windows old while training goes on.");

  public static final ConfigOption<Integer> QUADRUPLETS =
      key("mining.quadruplets")
          .intType()
          .defaultValue(0)
          .withDescription(
              "M, the quadruplets mined for each window. 0: one for each image of the batch.");

  public static final ConfigOption<Integer> MEMORY_IMAGES =
      key("mining.memory-images")
          .intType()
          .defaultValue(32)
          .withDescription(
              "At most so many images of the memory join the window's in a batch: partners, hard negatives and images drawn at random.");

  public static final ConfigOption<Integer> STALENESS =
      key("mining.staleness")
          .intType()
          .defaultValue(4)
          .withDescription(
              "L: window w is mined with model version P·⌊max(0, w − L)/P⌋, P being publish.every. 0 trains and mines in turn; more lets them overlap.");

  public static final ConfigOption<Integer> WAITING_WINDOWS =
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

  /** What to do about a model that is gone. */
  public enum MissingModel {
    FAIL,
    NEAREST
  }

  public static final ConfigOption<MissingModel> MISSING_MODEL =
      key("mining.missing-model")
          .enumType(MissingModel.class)
          .defaultValue(MissingModel.FAIL)
          .withDescription(
              "What to do when the model that a window is to be mined with was deleted: fail, or mine with the nearest version of the run that exists (the untrained network where there is none), which makes the run no function of its input any more.");

  private MiningConfig() {}

  /** How batches are assembled. */
  static MiningOptions of(ReadableConfig config) {
    return new MiningOptions(
        config.get(POLICY),
        config.get(TrainingConfig.LOSS),
        config.get(QUADRUPLETS),
        config.get(MEMORY_IMAGES),
        config.get(MEMORY_CAPACITY),
        config.get(MEMORY_SEARCH_IMAGES),
        config.get(JobConfig.SEED));
  }
}
