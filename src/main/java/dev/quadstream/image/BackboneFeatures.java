package dev.quadstream.image;

import java.util.Arrays;

/**
 * What a frozen backbone made of an image, in place of its pixels.
 *
 * <p>The array is not copied: whoever holds {@code BackboneFeatures} must not write to it.
 *
 * @param values finite numbers whose mean square is 1, whatever the backbone
 */
public record BackboneFeatures(float[] values) implements ImageContent {

  /**
   * Features at the scale that the network expects: the root of their mean square is 1.
   *
   * @param raw what the backbone put out
   * @throws IllegalArgumentException where a value is not finite, or all are 0
   */
  public static BackboneFeatures scaled(float[] raw) {
    double squares = 0;
    for (float value : raw) {
      squares += (double) value * value;
    }
    double scale = Math.sqrt(squares / raw.length);
    if (!Double.isFinite(scale) || scale == 0) {
      throw new IllegalArgumentException(
          scale == 0
              ? "All %d features are 0.".formatted(raw.length)
              : "Of %d features %d are infinite or NaN."
                  .formatted(raw.length, countNotFinite(raw)));
    }
    float[] values = new float[raw.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (raw[i] / scale);
    }
    return new BackboneFeatures(values);
  }

  private static int countNotFinite(float[] raw) {
    int count = 0;
    for (float value : raw) {
      count += Float.isFinite(value) ? 0 : 1;
    }
    return count;
  }

  /** The number of values. */
  public int size() {
    return values.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BackboneFeatures features && Arrays.equals(values, features.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "BackboneFeatures[" + values.length + "]";
  }
}
