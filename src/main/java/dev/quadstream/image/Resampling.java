package dev.quadstream.image;

/**
 * Fits samples to the network's shape: colour first, then size, one axis after the other.
 *
 * <p>Along an axis that shrinks, a target pixel is the mean of the source it covers, with partial
 * pixels weighted by their share; along one that grows it is interpolated linearly.
 */
final class Resampling {

  private static final float RED_LUMA = 0.299f;
  private static final float GREEN_LUMA = 0.587f;
  private static final float BLUE_LUMA = 0.114f;

  private Resampling() {}

  static PixelImage resize(SampledImage source, ImageShape target) {
    boolean sameSize = source.width() == target.width() && source.height() == target.height();
    byte[] pixels = new byte[target.size()];
    int area = target.height() * target.width();
    for (int channel = 0; channel < target.channels(); channel++) {
      float[] plane = columns(source, target, channel);
      if (!sameSize) {
        plane = rows(plane, target.width(), source.height(), target.height());
      }
      for (int i = 0; i < area; i++) {
        pixels[channel * area + i] = (byte) Math.min(255, (int) (plane[i] + 0.5f));
      }
    }
    return new PixelImage(target, pixels);
  }

  /** One row of one channel, as the target has channels. */
  private static void row(SampledImage source, int row, int channels, int channel, float[] values) {
    byte[] samples = source.samples();
    int from = row * source.width() * source.bands();
    for (int i = 0; i < values.length; i++) {
      if (source.bands() == 1) {
        values[i] = samples[from + i] & 0xFF;
      } else if (channels == 3) {
        values[i] = samples[from + 3 * i + channel] & 0xFF;
      } else {
        values[i] =
            RED_LUMA * (samples[from + 3 * i] & 0xFF)
                + GREEN_LUMA * (samples[from + 3 * i + 1] & 0xFF)
                + BLUE_LUMA * (samples[from + 3 * i + 2] & 0xFF);
      }
    }
  }

  private static float[] columns(SampledImage source, ImageShape target, int channel) {
    AxisWeights axis = AxisWeights.of(source.width(), target.width());
    float[] result = new float[target.width() * source.height()];
    float[] values = new float[source.width()];
    for (int row = 0; row < source.height(); row++) {
      row(source, row, target.channels(), channel, values);
      for (int column = 0; column < target.width(); column++) {
        float[] weights = axis.weights()[column];
        int from = axis.first()[column];
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
          sum += weights[i] * values[from + i];
        }
        result[row * target.width() + column] = sum;
      }
    }
    return result;
  }

  private static float[] rows(float[] plane, int width, int height, int targetHeight) {
    AxisWeights axis = AxisWeights.of(height, targetHeight);
    float[] result = new float[width * targetHeight];
    for (int row = 0; row < targetHeight; row++) {
      float[] weights = axis.weights()[row];
      for (int i = 0; i < weights.length; i++) {
        int from = (axis.first()[row] + i) * width;
        for (int column = 0; column < width; column++) {
          result[row * width + column] += weights[i] * plane[from + column];
        }
      }
    }
    return result;
  }

  /** For each target position, the first source position that counts and the weights from there. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record AxisWeights(int[] first, float[][] weights) {

    static AxisWeights of(int source, int target) {
      int[] first = new int[target];
      float[][] weights = new float[target][];
      double step = (double) source / target;
      for (int position = 0; position < target; position++) {
        if (step >= 1) {
          cover(position * step, Math.min(source, (position + 1) * step), position, first, weights);
        } else {
          interpolate((position + 0.5) * step - 0.5, source, position, first, weights);
        }
      }
      return new AxisWeights(first, weights);
    }

    private static void cover(
        double from, double to, int position, int[] first, float[][] weights) {
      first[position] = (int) from;
      int last = Math.max(first[position], (int) Math.ceil(to) - 1);
      weights[position] = new float[last - first[position] + 1];
      for (int i = first[position]; i <= last; i++) {
        double share = Math.min(to, i + 1) - Math.max(from, i);
        weights[position][i - first[position]] = (float) (share / (to - from));
      }
    }

    private static void interpolate(
        double centre, int source, int position, int[] first, float[][] weights) {
      double clamped = Math.max(0, Math.min(source - 1, centre));
      int left = Math.min((int) clamped, Math.max(0, source - 2));
      first[position] = left;
      float right = (float) (clamped - left);
      weights[position] = source == 1 ? new float[] {1} : new float[] {1 - right, right};
    }
  }
}
