package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Max pooling through ND4J's native operation. */
final class MaxPoolingPass implements LayerPass {

  private final int[] arguments;
  private final RowBuffer outputs;
  private final RowBuffer inputGradients;

  private INDArray input;

  MaxPoolingPass(ChainLayer layer, DataType dataType) {
    SubsamplingLayer configuration = (SubsamplingLayer) layer.configuration();
    requirePlain(configuration);
    this.arguments = arguments(configuration);
    this.outputs = new RowBuffer(dataType, layer.outputShape());
    this.inputGradients = new RowBuffer(dataType, layer.inputShape());
  }

  @Override
  public INDArray forward(INDArray input) {
    this.input = input;
    INDArray output = outputs.rows(input.size(0));
    Nd4j.exec(
        DynamicCustomOp.builder("maxpool2d")
            .addInputs(input)
            .addOutputs(output)
            .addIntegerArguments(arguments)
            .build());
    return output;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    INDArray inputGradient = inputGradients.rows(input.size(0));
    Nd4j.exec(
        DynamicCustomOp.builder("maxpool2d_bp")
            .addInputs(input, outputGradient)
            .addOutputs(inputGradient)
            .addIntegerArguments(arguments)
            .build());
    return inputGradient;
  }

  @Override
  public void close() {
    outputs.close();
    inputGradients.close();
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
    return KernelArguments.of(
        configuration.getKernelSize(),
        configuration.getStride(),
        configuration.getPadding(),
        configuration.getDilation(),
        0, // explicit padding
        0, // unused by max pooling
        1 /* [N, H, W, C] */);
  }
}
