package dev.quadstream.stream.options;

import static org.apache.flink.configuration.ConfigOptions.key;

import dev.quadstream.metric.MarginRule;
import dev.quadstream.metric.Margins;
import dev.quadstream.metric.MeanPairs;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Options of the margins of Eq. 4. */
public final class MarginConfig {

  public static final ConfigOption<Boolean> ADAPTIVE =
      key("margin.adaptive")
          .booleanType()
          .defaultValue(true)
          .withDescription("Whether the margins follow the distances (Eq. 4) after the warm-up.");

  public static final ConfigOption<Double> FIXED_FIRST =
      key("margin.fixed-first")
          .doubleType()
          .defaultValue(1.0)
          .withDescription("α₁ of the warm-up, and of all windows where margins are not adaptive.");

  public static final ConfigOption<Double> FIXED_SECOND =
      key("margin.fixed-second")
          .doubleType()
          .defaultValue(0.5)
          .withDescription("α₂ of the warm-up, and of all windows where margins are not adaptive.");

  public static final ConfigOption<Double> WEIGHT_FIRST =
      key("margin.weight-first").doubleType().defaultValue(1.0).withDescription("w₁ of Eq. 4.");

  public static final ConfigOption<Double> WEIGHT_SECOND =
      key("margin.weight-second").doubleType().defaultValue(0.5).withDescription("w₂ of Eq. 4.");

  public static final ConfigOption<Double> FLOOR =
      key("margin.floor")
          .doubleType()
          .defaultValue(0.05)
          .withDescription("The least adaptive α₁, so that the margin cannot vanish for good.");

  public static final ConfigOption<MeanPairs> MEAN_PAIRS =
      key("margin.mean-pairs")
          .enumType(MeanPairs.class)
          .defaultValue(MeanPairs.BATCH)
          .withDescription(
              "Over which pairs μ_p and μ_n are taken: batch (all pairs of the batch's images) or quadruplets (theirs alone, as Eq. 4 is written, for quadruplets drawn at random: over mined ones the margin vanishes).");

  public static final ConfigOption<Double> SMOOTHING =
      key("margin.smoothing")
          .doubleType()
          .defaultValue(0.9)
          .withDescription("Weight of the past in the smoothed means μ_p and μ_n, 0 to below 1.");

  private MarginConfig() {}

  /** How margins are found. */
  static MarginRule of(ReadableConfig config) {
    return new MarginRule(
        config.get(ADAPTIVE),
        fixed(config),
        config.get(WEIGHT_FIRST),
        config.get(WEIGHT_SECOND),
        config.get(FLOOR));
  }

  /** Those of the warm-up. */
  static Margins fixed(ReadableConfig config) {
    return new Margins(config.get(FIXED_FIRST), config.get(FIXED_SECOND));
  }
}
