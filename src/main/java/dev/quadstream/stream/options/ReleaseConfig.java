package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.training.ReleaseOptions;
import dev.quadstream.training.ReleasePolicy;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of what others are served. */
public final class ReleaseConfig {

  public static final ConfigOption<ReleasePolicy> POLICY =
      key("release.policy")
          .enumType(ReleasePolicy.class)
          .defaultValue(ReleasePolicy.GATE)
          .withDescription(
              "Which published versions are released: gate (those that a paired test before training finds fit; each image is embedded twice while a candidate is on trial), every (each at once; with each the memory's images are sent anew, and no two versions' embeddings compare), or manual (the first one, and others by `quadstream release` alone).");

  public static final ConfigOption<Double> MARGIN =
      key("release.margin")
          .doubleType()
          .defaultValue(0.01)
          .withDescription(
              "δ: a release is, with 95 % confidence, worse than the one before by less than that, in recall@1. Half of it takes four times as many tested images.");

  public static final ConfigOption<Double> GAIN =
      key("release.gain")
          .doubleType()
          .defaultValue(0.01)
          .withDescription(
              "A release is better than the one before by so much, in recall@1, or comes when the run has doubled since. 0 asks for no gain: releases are as frequent as the evidence allows, and each makes embeddings of before incomparable.");

  private ReleaseConfig() {}

  /** How releases are decided. */
  static ReleaseOptions of(ReadableConfig config) {
    return new ReleaseOptions(config.get(POLICY), config.get(MARGIN), config.get(GAIN));
  }
}
