package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Max pooling through ND4J's native operation. */
final class MaxPoolingPass extends NativePass {

  MaxPoolingPass(ChainLayer layer, DataType dataType) {
    super(
        "maxpool2d",
        arguments((SubsamplingLayer) layer.configuration()),
        layer,
        dataType,
        new INDArray[0],
        new INDArray[0]);
  }

  static void requirePlain(SubsamplingLayer configuration) {
    if (configuration.getConvolutionMode() != ConvolutionMode.Truncate
        || configuration.getCnn2dDataFormat() != CNN2DFormat.NHWC
        || configuration.getPoolingType() != PoolingType.MAX) {
      throw new IllegalArgumentException(
          "The passes know max pooling on [N, H, W, C] in mode Truncate, not "
              + configuration
              + ".");
    }
  }

  private static int[] arguments(SubsamplingLayer configuration) {
    requirePlain(configuration);
    return join(
        configuration.getKernelSize(),
        configuration.getStride(),
        configuration.getPadding(),
        configuration.getDilation(),
        0, // explicit padding
        0, // unused by max pooling
        1 /* [N, H, W, C] */);
  }
}
