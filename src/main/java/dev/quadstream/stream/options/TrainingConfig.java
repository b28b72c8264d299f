package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.metric.HingeMean;
import dev.quadstream.metric.LossForm;
import dev.quadstream.metric.QuadrupletLoss;
import dev.quadstream.network.UpdaterKind;
import dev.quadstream.training.LoopOptions;
import dev.quadstream.training.OuterStep;
import dev.quadstream.training.TrainingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of how the network learns. */
public final class TrainingConfig {

  public static final ConfigOption<LossForm> LOSS =
      key("training.loss")
          .enumType(LossForm.class)
          .defaultValue(LossForm.QUADRUPLET)
          .withDescription("quadruplet (Eq. 3) or triplet (Eq. 2, the baseline).");

  public static final ConfigOption<Preset> PRESET =
      key("training.preset")
          .enumType(Preset.class)
          .defaultValue(Preset.NONE)
          .withDescription(
              "paper: the recipe of Chen et al. as they write it, that is %s. What is set otherwise by any other way still holds."
                  .formatted(Preset.PAPER.text()));

  public static final ConfigOption<HingeMean> MEAN_OVER =
      key("training.mean-over")
          .enumType(HingeMean.class)
          .defaultValue(HingeMean.ACTIVE)
          .withDescription(
              "Over which quadruplets each term of the loss is averaged: active (those in which it is above 0) or all (all M of the batch, as the paper has it).");

  public static final ConfigOption<UpdaterKind> UPDATER =
      key("training.updater")
          .enumType(UpdaterKind.class)
          .defaultValue(UpdaterKind.ADAM)
          .withDescription("Which updater turns gradients into steps.");

  public static final ConfigOption<Double> LEARNING_RATE =
      key("training.learning-rate")
          .doubleType()
          .defaultValue(1e-3)
          .withDescription("Learning rate of the updater.");

  public static final ConfigOption<Double> PAIR_SOFTMAX_WEIGHT =
      key("training.pair-softmax-weight")
          .doubleType()
          .defaultValue(0.3)
          .withDescription(
              "Weight of the pair cross-entropy beside the quadruplet loss. Without effect under the Euclidean metric.");

  public static final ConfigOption<Integer> WARM_UP_WINDOWS =
      key("training.warm-up-windows")
          .intType()
          .defaultValue(30)
          .withDescription(
              "Windows that train on random quadruplets with the fixed margins before mining starts; several replicas share them.");

  public static final ConfigOption<Integer> RAMP_UPDATES =
      key("training.ramp-updates")
          .intType()
          .defaultValue(100)
          .withDescription(
              "Updates over which the learning rate rises to its full value, so that the first ones do not carry all embeddings to one point; several replicas share them. 0 is off.");

  public static final ConfigOption<Integer> AVERAGE_WINDOWS =
      key("training.average-windows")
          .intType()
          .defaultValue(200)
          .withDescription(
              "What is published, mined and embedded with is a running average of the parameters over about so many windows, of all replicas together. 1 is off.");

  public static final ConfigOption<Double> GRADIENT_NORM_LIMIT =
      key("training.gradient-norm-limit")
          .doubleType()
          .defaultValue(1_000.0)
          .withDescription("A window whose gradient is longer than this is refused.");

  public static final ConfigOption<Double> COLLAPSE_THRESHOLD =
      key("training.collapse-threshold")
          .doubleType()
          .defaultValue(1e-5)
          .withDescription(
              "The embedding has collapsed where images of different classes are less than this apart in the mean, as ¼‖f_x − f_y‖². The last good parameters come back.");

  public static final ConfigOption<Integer> REFUSED_IN_A_ROW =
      key("training.refused-in-a-row")
          .intType()
          .defaultValue(20)
          .withDescription("So many refused windows in a row fail the job.");

  public static final ConfigOption<Double> MERGE_LEARNING_RATE =
      key("merge.learning-rate")
          .doubleType()
          .defaultValue(1.5)
          .withDescription(
              "η of the merge of the replicas: what they learned in a round is taken so many times. Where it is not set, one or two replicas have 1, which with merge.momentum 0 is the mean of their parameters, for half of the bytes.");

  public static final ConfigOption<Double> MERGE_MOMENTUM =
      key("merge.momentum")
          .doubleType()
          .defaultValue(0.0)
          .withDescription(
              "μ of Nesterov's momentum over rounds, as of DiLoCo, which has 0.9 with merge.learning-rate 0.7.");

  private TrainingConfig() {}

  /** How the network learns. */
  static TrainingOptions of(ReadableConfig config) {
    return new TrainingOptions(
        new TrainingOptions.Objective(
            new QuadrupletLoss(config.get(LOSS), config.get(MEAN_OVER)),
            MarginConfig.of(config),
            config.get(MarginConfig.MEAN_PAIRS),
            config.get(MarginConfig.SMOOTHING),
            config.get(PAIR_SOFTMAX_WEIGHT)),
        config.get(MiningConfig.ANEW) ? config.get(MiningConfig.POLICY) : null,
        new TrainingOptions.Schedule(
            ofEach(config, WARM_UP_WINDOWS),
            ofEach(config, RAMP_UPDATES),
            ofEach(config, AVERAGE_WINDOWS)),
        new TrainingOptions.Augmentation(
            AugmentationConfig.of(config), config.get(AugmentationConfig.ORIENTATIONS)),
        new TrainingOptions.Safeguards(
            config.get(GRADIENT_NORM_LIMIT),
            config.get(COLLAPSE_THRESHOLD),
            config.get(REFUSED_IN_A_ROW),
            TrainingOptions.Safeguards.FALLBACK_EVERY),
        config.get(JobConfig.SEED));
  }

  /** A replica's share of windows that count over the run, rounded up. */
  private static int ofEach(ReadableConfig config, ConfigOption<Integer> windowsOfAll) {
    int windows = config.get(windowsOfAll);
    int replicas = config.get(JobConfig.REPLICAS);
    return windows <= 0 ? windows : (windows - 1) / replicas + 1;
  }

  /** What a merge makes of what the replicas learned. */
  static OuterStep outer(ReadableConfig config) {
    // The mean of many is of shorter steps than theirs, docs/scaling.md.
    boolean isLonger =
        config.get(JobConfig.REPLICAS) > 2 || config.getOptional(MERGE_LEARNING_RATE).isPresent();
    return new OuterStep(
        isLonger ? config.get(MERGE_LEARNING_RATE) : OuterStep.PLAIN.learningRate(),
        config.get(MERGE_MOMENTUM));
  }

  /** The job's windows, mining and training as a plain loop. */
  static LoopOptions loop(ReadableConfig config) {
    return new LoopOptions(
        NetworkConfig.of(config),
        MiningConfig.of(config),
        of(config),
        config.get(JobConfig.REPLICAS),
        config.get(WindowConfig.IMAGES),
        config.get(JobConfig.PUBLISH_EVERY),
        config.get(MiningConfig.STALENESS),
        outer(config),
        config.get(NetworkConfig.EMBEDDING_PRECISION));
  }
}
