package dev.quadstream.network.pass;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A layer of a chain with the shapes of what goes in and comes out.
 *
 * @param layer Deeplearning4j's, which holds parameters and gradient
 * @param firstParameter the place of its parameters among those of the chain
 * @param input what it reads
 * @param output what it gives
 */
record ChainLayer(Layer layer, long firstParameter, InputType input, InputType output) {

  /** The layers of a network up to its softmax, if it ends with one. */
  static List<ChainLayer> of(MultiLayerNetwork network, InputType inputType) {
    List<ChainLayer> layers = new ArrayList<>();
    InputType type = inputType;
    long parameters = 0;
    for (Layer layer : network.getLayers()) {
      if (layer.conf().getLayer() instanceof ActivationLayer) {
        break;
      }
      InputType outputType = outputType(layer, type);
      layers.add(new ChainLayer(layer, parameters, type, outputType));
      parameters += layer.numParams();
      type = outputType;
    }
    return List.copyOf(layers);
  }

  /** So many parameters, the first ones, are those of convolutions. */
  static long convolutionParameters(List<ChainLayer> layers) {
    return layers.stream()
        .filter(layer -> layer.configuration() instanceof DenseLayer)
        .findFirst()
        .orElseThrow()
        .firstParameter();
  }

  /** The place of the last convolution, or −1. */
  static int lastConvolution(List<ChainLayer> layers) {
    int last = layers.size() - 1;
    while (last >= 0 && !(layers.get(last).configuration() instanceof ConvolutionLayer)) {
      last--;
    }
    return last;
  }

  private static InputType outputType(Layer layer, InputType inputType) {
    if (layer.conf().getLayer() instanceof DenseLayer dense) {
      return InputType.feedForward(dense.getNOut());
    }
    return layer.conf().getLayer().getOutputType(layer.getIndex(), inputType);
  }

  org.deeplearning4j.nn.conf.layers.Layer configuration() {
    return layer.conf().getLayer();
  }

  /** The layer's own part of the gradient, by the name of the parameter; live memory. */
  INDArray gradient(String parameter) {
    return part(parameter, layer.getGradientsViewArray());
  }

  /**
   * The same of another gradient.
   *
   * @param ofChain of this chain's parameters, or of the first ones of them, one row
   */
  INDArray gradient(String parameter, INDArray ofChain) {
    return part(
        parameter,
        ofChain.get(
            NDArrayIndex.all(),
            NDArrayIndex.interval(firstParameter, firstParameter + layer.numParams())));
  }

  private INDArray part(String parameter, INDArray ofLayer) {
    return configuration()
        .initializer()
        .getGradientsFromFlattened(layer.conf(), ofLayer)
        .get(parameter);
  }

  /** The shape of one row of the input: [H, W, C] for images. */
  long[] inputShape() {
    return input.getShape(false);
  }

  /** The shape of one row of the output: [H, W, C] for images. */
  long[] outputShape() {
    return output.getShape(false);
  }
}
