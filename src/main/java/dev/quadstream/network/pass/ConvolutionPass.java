package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution through ND4J's native operation, which oneDNN executes where the native library has
 * it. Deeplearning4j's own layer would take the slow im2col path: see {@link OneDnn}.
 */
final class ConvolutionPass extends NativePass {

  ConvolutionPass(ChainLayer layer, DataType dataType) {
    super(
        "conv2d",
        arguments((ConvolutionLayer) layer.configuration()),
        layer,
        dataType,
        new INDArray[] {
          layer.layer().getParam(ConvolutionParamInitializer.WEIGHT_KEY),
          layer.layer().getParam(ConvolutionParamInitializer.BIAS_KEY)
        },
        new INDArray[] {
          layer.gradient(ConvolutionParamInitializer.WEIGHT_KEY),
          layer.gradient(ConvolutionParamInitializer.BIAS_KEY)
        });
  }

  static void requirePlain(ConvolutionLayer configuration) {
    if (configuration.getConvolutionMode() != ConvolutionMode.Truncate
        || configuration.getCnn2dDataFormat() != CNN2DFormat.NHWC
        || !configuration.hasBias()) {
      throw new IllegalArgumentException(
          "The passes know convolutions on [N, H, W, C] with a bias in mode Truncate, not "
              + configuration
              + ".");
    }
  }

  private static int[] arguments(ConvolutionLayer configuration) {
    requirePlain(configuration);
    return join(
        configuration.getKernelSize(),
        configuration.getStride(),
        configuration.getPadding(),
        configuration.getDilation(),
        0, // explicit padding
        1, // [N, H, W, C]
        1 /* weights [out, in, H, W] */);
  }
}
