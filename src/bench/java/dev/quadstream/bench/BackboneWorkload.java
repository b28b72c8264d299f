package dev.quadstream.bench;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A frozen network of the shape and cost of those that people take, with random weights, and images
 * of noise: 1.6 GFLOP an image of 224 pixels a side.
 */
final class BackboneWorkload {

  static final int SIDE = 224;

  /** A side at which 100,000 images do not take an hour. */
  static final int SMALL_SIDE = 32;

  private static final int[] CHANNELS = {3, 64, 128, 256, 512};
  private static final long SEED = 1;

  private BackboneWorkload() {}

  /** Convolutions of stride 2, rectified, and the means of the last. */
  static byte[] file(int side) {
    OnnxGraph graph = new OnnxGraph("backbone");
    Random random = new Random(SEED);
    String value = graph.floatInput("images", CHANNELS[0], side, side);
    for (int layer = 1; layer < CHANNELS.length; layer++) {
      int kernel = layer == 1 ? 7 : 3;
      int inputs = CHANNELS[layer - 1] * kernel * kernel;
      float[] weights = new float[CHANNELS[layer] * inputs];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (random.nextGaussian() * Math.sqrt(2.0 / inputs));
      }
      long padding = kernel / 2;
      value =
          graph.operator(
              "Relu",
              graph.operator(
                  "Conv",
                  Map.of(
                      "kernel_shape", new long[] {kernel, kernel},
                      "strides", new long[] {2, 2},
                      "pads", new long[] {padding, padding, padding, padding}),
                  value,
                  graph.constant(weights, CHANNELS[layer], CHANNELS[layer - 1], kernel, kernel)));
    }
    int features = CHANNELS[CHANNELS.length - 1];
    String pooled = graph.operator("GlobalAveragePool", value);
    graph.output("features", graph.operator("Flatten", Map.of("axis", 1L), pooled), features);
    return graph.toBytes(Map.of());
  }

  static List<PixelImage> images(int count, int side) {
    Random random = new Random(SEED);
    ImageShape shape = new ImageShape(CHANNELS[0], side, side);
    List<PixelImage> images = new ArrayList<>(count);
    for (int image = 0; image < count; image++) {
      byte[] pixels = new byte[shape.size()];
      random.nextBytes(pixels);
      images.add(new PixelImage(shape, pixels));
    }
    return images;
  }
}
