package dev.quadstream.experiment;

/** The options that rows differ in, by the keys under which people set them. */
final class OptionKeys {

  static final String SEED = "seed";
  static final String WARM_UP_WINDOWS = "training.warm-up-windows";
  static final String PRESET = "training.preset";
  static final String LOSS = "training.loss";
  static final String PAIR_SOFTMAX_WEIGHT = "training.pair-softmax-weight";
  static final String AVERAGE_WINDOWS = "training.average-windows";
  static final String METRIC = "network.metric";
  static final String MARGIN_ADAPTIVE = "margin.adaptive";
  static final String MARGIN_FIXED_FIRST = "margin.fixed-first";
  static final String MARGIN_FIXED_SECOND = "margin.fixed-second";
  static final String ORIENTATIONS = "augmentation.orientations";
  static final String MEAN_PAIRS = "margin.mean-pairs";
  static final String MEAN_OVER = "training.mean-over";
  static final String UPDATER = "training.updater";
  static final String LEARNING_RATE = "training.learning-rate";
  static final String MINED_ANEW = "mining.anew";
  static final String MINING_POLICY = "mining.policy";

  private OptionKeys() {}
}
