package dev.quadstream.bench;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.NetworkSpec;
import java.util.List;

/**
 * The sizes of a network's layers, written down a second time: the other side builds its network
 * from them, and the arithmetic of a step is counted from them. That they are right shows in the
 * parameter count and in the losses.
 *
 * @param input the images' shape
 * @param convolutions output channels of each 3×3 convolution; each is rectified and pooled 2×2
 * @param denseUnits of the rectified dense layer behind them
 * @param embeddingSize E
 * @param headUnits of the rectified dense layer of the pair head, which reads 2E features
 */
record NetworkLayers(
    ImageShape input,
    List<Integer> convolutions,
    int denseUnits,
    int embeddingSize,
    int headUnits) {

  private static final int KERNEL = 9;
  private static final int OUTPUTS = 2;

  static NetworkLayers of(NetworkSpec spec) {
    return switch (spec.trunk()) {
      case SMALL ->
          new NetworkLayers(spec.input(), List.of(32, 64, 64), 128, spec.embeddingSize(), 64);
      case MEDIUM ->
          new NetworkLayers(spec.input(), List.of(32, 64, 128, 128), 256, spec.embeddingSize(), 64);
      case ALEXNET, RESIDUAL, ADAPTER ->
          throw new IllegalArgumentException(spec.trunk().optionName() + " is not compared.");
    };
  }

  /** Height of what the last pooling gives. */
  int pooledHeight() {
    return input.height() >> convolutions.size();
  }

  /** Width of what the last pooling gives. */
  int pooledWidth() {
    return input.width() >> convolutions.size();
  }

  /** Values of one image that the dense layer reads. */
  int flattened() {
    return pooledHeight() * pooledWidth() * convolutions.get(convolutions.size() - 1);
  }

  /** All parameters, trunk and head. */
  long parameterCount() {
    long count = 0;
    int channels = input.channels();
    for (int outputs : convolutions) {
      count += (long) outputs * (channels * KERNEL + 1);
      channels = outputs;
    }
    count += (long) denseUnits * (flattened() + 1) + (long) embeddingSize * (denseUnits + 1);
    return count + (long) headUnits * (2 * embeddingSize + 1) + (long) OUTPUTS * (headUnits + 1);
  }

  /**
   * Floating-point operations of a training step in convolutions and matrix products, two for each
   * multiply-add: forward once, backward for the weights, and backward for the input of every layer
   * but the first, whose input is the image. Poolings, the loss and the update are left out.
   *
   * @param images that go through the trunk
   * @param pairs that go through the head
   */
  double trainStepOperations(int images, int pairs) {
    double forward = 0;
    double first = 0;
    int channels = input.channels();
    double area = (double) input.height() * input.width();
    for (int outputs : convolutions) {
      double layer = area * outputs * channels * KERNEL;
      first = first == 0 ? layer : first;
      forward += layer;
      channels = outputs;
      area /= 4;
    }
    forward += (double) flattened() * denseUnits + (double) denseUnits * embeddingSize;
    double head = 2.0 * embeddingSize * headUnits + (double) headUnits * OUTPUTS;
    return 2 * (images * (3 * forward - first) + pairs * 3 * head);
  }
}
