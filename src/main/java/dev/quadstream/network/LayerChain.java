package dev.quadstream.network;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Deeplearning4j network trained by gradients from outside.
 *
 * <p>Deeplearning4j defines the layers, draws the initial parameters, and holds parameters,
 * gradients and updater. The passes themselves are driven here, layer by layer into memory that is
 * kept: {@code feedForward} and {@code backpropGradient} allocate every array anew, compute each
 * layer's forward pass twice, and take the slow convolution. A test holds both to the same numbers.
 *
 * <p>A softmax at the end stays out of the passes: whoever owns the chain works on its logits.
 */
final class LayerChain implements AutoCloseable {

  private final MultiLayerNetwork network;
  private final List<LayerPass> passes;
  private final RowBuffer inputs;
  private final RowBuffer outputGradients;
  private final int outputSize;

  /** Draws the initial parameters from the configuration's seed. */
  LayerChain(MultiLayerConfiguration configuration, InputType inputType) {
    this.network = new MultiLayerNetwork(configuration);
    network.init();
    network.initGradientsView();
    this.passes = new ArrayList<>();
    DataType dataType = network.params().dataType();
    InputType type = inputType;
    boolean rectifierPending = false;
    for (Layer layer : network.getLayers()) {
      org.deeplearning4j.nn.conf.layers.Layer layerConfiguration = layer.conf().getLayer();
      if (layerConfiguration instanceof ActivationLayer) {
        break;
      }
      InputType outputType = outputType(layer, type);
      if (layerConfiguration instanceof ConvolutionLayer convolution) {
        boolean rectified = Rectifier.isRectified(convolution.getActivationFn());
        rectifierPending = rectified && isPooled(layer);
        passes.add(
            new ConvolutionPass(
                layer,
                rowShape(type),
                rowShape(outputType),
                rectified && !rectifierPending,
                layer.getIndex() == 0));
      } else if (layerConfiguration instanceof SubsamplingLayer pooling) {
        passes.add(
            new MaxPoolingPass(
                pooling, dataType, rowShape(type), rowShape(outputType), rectifierPending));
        rectifierPending = false;
      } else {
        passes.add(new DensePass(layer));
      }
      type = outputType;
    }
    this.inputs = new RowBuffer(dataType, rowShape(inputType));
    this.outputSize = Math.toIntExact(type.arrayElementsPerExample());
    this.outputGradients = new RowBuffer(dataType, outputSize);
  }

  /** Whether the next layer pools what this one gives. */
  private boolean isPooled(Layer layer) {
    int next = layer.getIndex() + 1;
    return next < network.getnLayers()
        && network.getLayer(next).conf().getLayer() instanceof SubsamplingLayer;
  }

  private static InputType outputType(Layer layer, InputType inputType) {
    if (layer.conf().getLayer() instanceof DenseLayer dense) {
      return InputType.feedForward(dense.getNOut());
    }
    return layer.conf().getLayer().getOutputType(layer.getIndex(), inputType);
  }

  private static long[] rowShape(InputType type) {
    return type.getShape(false);
  }

  /** The network that defines and holds the parameters. */
  MultiLayerNetwork network() {
    return network;
  }

  /** The number of values in one row of the output. */
  int outputSize() {
    return outputSize;
  }

  /** The input's memory for a batch of this size; to be filled before {@link #forward}. */
  INDArray input(int rows) {
    return inputs.rows(rows);
  }

  /** The output for the first rows of the input, in memory that the next pass overwrites. */
  INDArray forward(int rows) {
    INDArray activations = inputs.rows(rows);
    for (LayerPass pass : passes) {
      activations = pass.forward(activations);
    }
    return activations;
  }

  /**
   * Stores the gradient of all parameters at the last {@link #forward}.
   *
   * @param outputGradients dLoss/dOutput, row after row
   * @return dLoss/dInput; null for images, which nobody changes
   */
  INDArray backward(double[] outputGradients) {
    INDArray gradient = this.outputGradients.rows(outputGradients.length / outputSize);
    NativeArrays.write(outputGradients, gradient, 0);
    for (int i = passes.size() - 1; i >= 0; i--) {
      gradient = passes.get(i).backward(gradient);
    }
    return gradient;
  }

  long parameterCount() {
    return network.numParams();
  }

  /** All parameters as one row, in Deeplearning4j's order; live memory. */
  INDArray parameters() {
    return network.params();
  }

  /** The gradient of all parameters, in the order of {@link #parameters}; live memory. */
  INDArray gradients() {
    return network.getFlattenedGradients();
  }

  /** A share of one step of the updater on the stored gradient, which is used up. */
  void update(int iteration, double share) {
    INDArray gradients = gradients();
    network
        .getUpdater()
        .update(
            network,
            new DefaultGradient(gradients),
            iteration,
            0,
            1,
            LayerWorkspaceMgr.noWorkspaces());
    if (share != 1) {
      gradients.muli(share);
    }
    INDArray parameters = network.params();
    parameters.subi(gradients.reshape(parameters.shape()));
  }

  /** The updater's state; empty where it keeps none. */
  float[] updaterState() {
    INDArray state = network.getUpdater().getStateViewArray();
    return state == null ? new float[0] : NativeArrays.floats(state);
  }

  /**
   * Checks that a state is of this network's sizes.
   *
   * @param name of the chain, for messages
   */
  void requireFits(String name, float[] parameters, float[] updaterState) {
    requireLength(name + " parameters", parameters.length, parameterCount());
    INDArray state = network.getUpdater().getStateViewArray();
    requireLength(name + " updater state", updaterState.length, state == null ? 0 : state.length());
  }

  /** Sets parameters and updater state, which {@link #requireFits} has let pass. */
  void restore(float[] parameters, float[] updaterState) {
    INDArray state = network.getUpdater().getStateViewArray();
    NativeArrays.write(parameters, parameters(), 0);
    if (state != null) {
      NativeArrays.write(updaterState, state, 0);
    }
  }

  private static void requireLength(String what, long actual, long expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          ("The state holds %d values of %s, this network %d:"
                  + " it was taken of a network of another specification.")
              .formatted(actual, what, expected));
    }
  }

  /**
   * Lets the memory of the passes go; parameters, gradient and updater state go with the object.
   */
  @Override
  public void close() {
    passes.forEach(LayerPass::close);
    inputs.close();
    outputGradients.close();
    close(network.getUpdater().getStateViewArray());
    close(network.getFlattenedGradients());
    close(network.params());
  }

  // Not MultiLayerNetwork.close(): it collects garbage for the whole JVM and destroys the thread's
  // workspaces.
  private static void close(INDArray array) {
    if (array != null && !array.wasClosed()) {
      array.close();
    }
  }
}
