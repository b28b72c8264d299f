package dev.quadstream.backbone;

import java.util.List;

/**
 * What a file may leave open about how it is fed.
 *
 * @param output the output whose values are the features; empty where there is only one
 * @param layout where the file does not say whether channels come first
 * @param channels where the file does not say, 1 or 3; null for 3
 * @param height rows of pixels, where the file reads any number of them; null for 224
 * @param width columns likewise
 * @param mean subtracted from values in [0, 1], one for each channel; empty for ImageNet's
 * @param deviation that they are divided by then; empty for ImageNet's
 */
public record BackboneOptions(
    String output,
    Layout layout,
    Integer channels,
    Integer height,
    Integer width,
    List<Float> mean,
    List<Float> deviation) {

  /** The order of the input's axes. */
  public enum Layout {
    /** Batch, channels, rows, columns. */
    NCHW,
    /** Batch, rows, columns, channels. */
    NHWC
  }

  public BackboneOptions {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    for (float value : deviation) {
      if (!(value > 0 && value <= 1)) {
        throw new IllegalArgumentException(
            "A standard deviation is above 0 and at most 1, as the values are that are divided by it, unlike %s: of means and standard deviations for values to 255, divide both by 255."
                .formatted(value));
      }
    }
    for (float value : mean) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(
            "A mean is 0 to 1, as the values are that it is subtracted from, unlike %s: of means and standard deviations for values to 255, divide both by 255."
                .formatted(value));
      }
    }
  }

  /** All from the file, else the usual. */
  public static BackboneOptions usual() {
    return new BackboneOptions("", Layout.NCHW, null, null, null, List.of(), List.of());
  }
}
