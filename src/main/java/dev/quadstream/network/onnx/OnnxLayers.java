package dev.quadstream.network.onnx;

import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Layers of Deeplearning4j as ONNX operators. Images go through them as [batch, C, H, W], as ONNX
 * wants them; the dense layers behind them were trained on rows in the order H, W, C.
 */
public final class OnnxLayers {

  private static final long[] CHANNELS_LAST = {0, 2, 3, 1};

  private OnnxLayers() {}

  /**
   * Adds all layers of a network.
   *
   * @param graph that they are added to
   * @param network with its parameters as they are now
   * @param input the value that goes in
   * @return the value that comes out
   * @throws IllegalArgumentException for a kind of layer that is not known here
   */
  public static String add(OnnxGraph graph, MultiLayerNetwork network, String input) {
    String value = input;
    boolean image = false;
    for (Layer layer : network.getLayers()) {
      org.deeplearning4j.nn.conf.layers.Layer definition = layer.conf().getLayer();
      if (definition instanceof ConvolutionLayer convolution) {
        value = convolution(graph, layer, convolution, value);
        image = true;
      } else if (definition instanceof SubsamplingLayer pooling) {
        value =
            graph.operator(
                "MaxPool",
                window(pooling.getKernelSize(), pooling.getStride(), pooling.getPadding()),
                value);
        image = true;
      } else if (definition instanceof DenseLayer dense) {
        value = dense(graph, layer, dense, image ? flat(graph, value) : value);
        image = false;
      } else if (definition instanceof ActivationLayer activation) {
        value = activation(graph, activation.getActivationFn(), value);
      } else {
        throw new IllegalArgumentException(
            "There is no ONNX operator here for the layer " + definition + ".");
      }
    }
    return value;
  }

  private static String convolution(
      OnnxGraph graph, Layer layer, ConvolutionLayer definition, String value) {
    INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
    String sums =
        graph.operator(
            "Conv",
            window(definition.getKernelSize(), definition.getStride(), definition.getPadding()),
            value,
            graph.constant(values(weights), weights.shape()),
            bias(graph, layer));
    return activation(graph, definition.getActivationFn(), sums);
  }

  private static Map<String, Object> window(int[] kernel, int[] stride, int[] padding) {
    return Map.of(
        "kernel_shape",
        new long[] {kernel[0], kernel[1]},
        "strides",
        new long[] {stride[0], stride[1]},
        "pads",
        new long[] {padding[0], padding[1], padding[0], padding[1]});
  }

  private static String flat(OnnxGraph graph, String value) {
    return graph.operator(
        "Flatten",
        Map.of("axis", 1L),
        graph.operator("Transpose", Map.of("perm", CHANNELS_LAST), value));
  }

  private static String dense(OnnxGraph graph, Layer layer, BaseLayer definition, String value) {
    INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
    String sums =
        graph.operator(
            "Gemm", value, graph.constant(values(weights), weights.shape()), bias(graph, layer));
    return activation(graph, definition.getActivationFn(), sums);
  }

  private static String bias(OnnxGraph graph, Layer layer) {
    INDArray bias = layer.getParam(DefaultParamInitializer.BIAS_KEY);
    return graph.constant(values(bias), bias.length());
  }

  private static String activation(OnnxGraph graph, IActivation function, String value) {
    Activation kind = Activation.fromString(function.toString());
    return switch (kind) {
      case IDENTITY -> value;
      case RELU -> graph.operator("Relu", value);
      case SOFTMAX -> graph.operator("Softmax", Map.of("axis", 1L), value);
      default ->
          throw new IllegalArgumentException(
              "There is no ONNX operator here for the activation " + function + ".");
    };
  }

  private static float[] values(INDArray array) {
    return array.dup('c').data().asFloat();
  }
}
