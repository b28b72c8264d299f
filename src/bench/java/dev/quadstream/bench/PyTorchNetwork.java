package dev.quadstream.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The quadruplet network in PyTorch, with the same initial weights: trunk, unit length, pair head.
 *
 * <p>Activations are kept with their channels last, as the weights are: on the CPU that is the
 * faster of PyTorch's two layouts for these networks. For one thread.
 */
final class PyTorchNetwork implements AutoCloseable {

  private static final Shape ONE = new Shape(1, 1);
  private static final Shape TWO = new Shape(2, 2);
  private static final Shape NONE = new Shape(0, 0);
  private static final int KERNEL = 9;
  private static final double NORM_EPSILON = 1e-12;

  private final NetworkLayers layers;
  private final PtNDManager manager =
      (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
  private final List<Weight> weights = new ArrayList<>();

  /**
   * A network of the given layers.
   *
   * @param parameters all of them, chain after chain
   * @param trained whether gradients are wanted
   */
  PyTorchNetwork(NetworkLayers layers, double[] parameters, boolean trained) {
    this.layers = layers;
    if (parameters.length != layers.parameterCount()) {
      throw new IllegalArgumentException(
          "The network has %d parameters, but these layers %d."
              .formatted(parameters.length, layers.parameterCount()));
    }
    Slices slices = new Slices(parameters);
    int channels = layers.input().channels();
    for (int outputs : layers.convolutions()) {
      NDArray bias = slices.take(outputs);
      add(slices.takeChannelsLast(outputs, channels), bias);
      channels = outputs;
    }
    addDense(slices, layers.flattened(), layers.denseUnits());
    addDense(slices, layers.denseUnits(), layers.embeddingSize());
    addDense(slices, 2 * layers.embeddingSize(), layers.headUnits());
    addDense(slices, layers.headUnits(), 2);
    weights.forEach(weight -> weight.requireGradient(trained));
  }

  PtNDManager manager() {
    return manager;
  }

  List<Weight> weights() {
    return weights;
  }

  NetworkLayers layers() {
    return layers;
  }

  /**
   * Unit-length embeddings [N, E].
   *
   * @param values [N, H, W, C] in memory, 0 to 1
   */
  NDArray embed(NDArray values) {
    NDArray activations = values.sub(0.5f).muli(2f).transpose(0, 3, 1, 2);
    int next = 0;
    for (int i = 0; i < layers.convolutions().size(); i++, next += 2) {
      NDArray convolved =
          Conv2d.conv2d(activations, weight(next), weight(next + 1), ONE, ONE, ONE)
              .singletonOrThrow();
      // Rectified after pooling, which gives the same on a quarter of the values.
      activations = Activation.relu(Pool.maxPool2d(convolved, TWO, TWO, NONE, false));
    }
    NDArray flat =
        activations
            .transpose(0, 2, 3, 1)
            .reshape(activations.getShape().get(0), layers.flattened());
    NDArray dense = Activation.relu(linear(flat, next));
    NDArray output = linear(dense, next + 2);
    return output.div(output.square().sum(new int[] {1}, true).add(NORM_EPSILON).sqrt());
  }

  /** z = logit(dissimilar) − logit(similar) of each pair [P], where g = σ(z). */
  NDArray pairLogits(NDArray left, NDArray right) {
    double size = layers.embeddingSize();
    NDArray features =
        left.sub(right).abs().mul(Math.sqrt(size)).concat(left.mul(right).mul(size), 1);
    int head = weights.size() - 4;
    NDArray outputs = linear(Activation.relu(linear(features, head)), head + 2);
    var logits = outputs.split(2, 1);
    return logits.get(1).sub(logits.get(0));
  }

  private NDArray linear(NDArray input, int index) {
    return Linear.linear(input, weight(index), weight(index + 1)).singletonOrThrow();
  }

  private NDArray weight(int index) {
    return weights.get(index).value();
  }

  private void addDense(Slices slices, int inputs, int outputs) {
    // Deeplearning4j keeps [in, out] in column order, which is [out, in] in row order.
    NDArray kernel = slices.take(outputs, inputs);
    add(kernel, slices.take(outputs));
  }

  private void add(NDArray kernel, NDArray bias) {
    weights.add(new Weight((PtNDArray) kernel));
    weights.add(new Weight((PtNDArray) bias));
  }

  @Override
  public void close() {
    manager.close();
  }

  /** A trained array with Adam's two moments. */
  static final class Weight {

    private PtNDArray value;
    private final PtNDArray mean;
    private final PtNDArray variance;

    private Weight(PtNDArray value) {
      this.value = value;
      this.mean = (PtNDArray) value.zerosLike();
      this.variance = (PtNDArray) value.zerosLike();
    }

    PtNDArray value() {
      return value;
    }

    PtNDArray mean() {
      return mean;
    }

    PtNDArray variance() {
      return variance;
    }

    void requireGradient(boolean required) {
      value.setRequiresGradient(required);
    }

    /** Gives up the gradient: the next backward pass then stores its own without adding to it. */
    void dropGradient() {
      PtNDArray same = JniUtils.detachGradient(value);
      value.close();
      value = same;
      value.setRequiresGradient(true);
    }
  }

  /** Takes one array after the other from a row of parameters. */
  private final class Slices {

    private final double[] parameters;
    private int position;

    Slices(double[] parameters) {
      this.parameters = parameters;
    }

    NDArray take(long... shape) {
      int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
      ByteBuffer bytes = manager.allocateDirect(size * Float.BYTES);
      for (int i = 0; i < size; i++) {
        bytes.putFloat((float) parameters[position + i]);
      }
      position += size;
      return create(bytes, shape);
    }

    /** A kernel [out, in, 3, 3] that has its channels last in memory. */
    NDArray takeChannelsLast(int outputs, int inputs) {
      ByteBuffer bytes = manager.allocateDirect(outputs * inputs * KERNEL * Float.BYTES);
      for (int output = 0; output < outputs; output++) {
        for (int place = 0; place < KERNEL; place++) {
          for (int input = 0; input < inputs; input++) {
            int index = (output * inputs + input) * KERNEL + place;
            bytes.putFloat((float) parameters[position + index]);
          }
        }
      }
      position += outputs * inputs * KERNEL;
      return create(bytes, outputs, 3, 3, inputs).transpose(0, 3, 1, 2);
    }

    /** A copy in PyTorch's own, aligned memory. */
    private NDArray create(ByteBuffer bytes, long... shape) {
      bytes.rewind();
      return manager.create(bytes, new Shape(shape), DataType.FLOAT32).duplicate();
    }
  }
}
