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
      float[] plane = plane(source, target.channels(), channel);
      if (!sameSize) {
        float[] narrowed = columns(plane, source.width(), source.height(), target.width());
        plane = rows(narrowed, target.width(), source.height(), target.height());
      }
      for (int i = 0; i < area; i++) {
        pixels[channel * area + i] = (byte) Math.min(255, (int) (plane[i] + 0.5f));
      }
    }
    return new PixelImage(target, pixels);
  }

  private static float[] plane(SampledImage source, int channels, int channel) {
    int[] samples = source.samples();
    float[] plane = new float[source.width() * source.height()];
    if (source.bands() == 1) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = samples[i];
      }
    } else if (channels == 3) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = samples[3 * i + channel];
      }
    } else {
      for (int i = 0; i < plane.length; i++) {
        plane[i] =
            RED_LUMA * samples[3 * i]
                + GREEN_LUMA * samples[3 * i + 1]
                + BLUE_LUMA * samples[3 * i + 2];
      }
    }
    return plane;
  }

  private static float[] columns(float[] plane, int width, int height, int targetWidth) {
    AxisWeights axis = AxisWeights.of(width, targetWidth);
    float[] result = new float[targetWidth * height];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < targetWidth; column++) {
        float[] weights = axis.weights()[column];
        int from = row * width + axis.first()[column];
        float sum = 0;
        for (int i = 0; i < weights.length; i++) {
          sum += weights[i] * plane[from + i];
        }
        result[row * targetWidth + column] = sum;
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
