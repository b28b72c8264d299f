package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution through ND4J's native operation, which oneDNN executes where the native library has
 * it. Deeplearning4j's own layer would take the slow im2col path: see {@link OneDnn}.
 */
final class ConvolutionPass implements LayerPass {

  private final int[] arguments;
  private final INDArray weights;
  private final INDArray bias;
  private final INDArray weightGradient;
  private final INDArray biasGradient;
  private final RowBuffer outputs;
  private final RowBuffer inputGradients;

  private INDArray input;

  ConvolutionPass(ChainLayer layer) {
    ConvolutionLayer configuration = (ConvolutionLayer) layer.configuration();
    requirePlain(configuration);
    this.arguments = arguments(configuration);
    this.weights = layer.layer().getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    this.bias = layer.layer().getParam(ConvolutionParamInitializer.BIAS_KEY);
    this.weightGradient = layer.gradient(ConvolutionParamInitializer.WEIGHT_KEY);
    this.biasGradient = layer.gradient(ConvolutionParamInitializer.BIAS_KEY);
    this.outputs = new RowBuffer(weights.dataType(), layer.outputShape());
    this.inputGradients = new RowBuffer(weights.dataType(), layer.inputShape());
  }

  @Override
  public INDArray forward(INDArray input) {
    this.input = input;
    INDArray output = outputs.rows(input.size(0));
    Nd4j.exec(
        DynamicCustomOp.builder("conv2d")
            .addInputs(input, weights, bias)
            .addOutputs(output)
            .addIntegerArguments(arguments)
            .build());
    return output;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    INDArray inputGradient = inputGradients.rows(input.size(0));
    Nd4j.exec(
        DynamicCustomOp.builder("conv2d_bp")
            .addInputs(input, weights, bias, outputGradient)
            .addOutputs(inputGradient, weightGradient, biasGradient)
            .addIntegerArguments(arguments)
            .build());
    return inputGradient;
  }

  @Override
  public void close() {
    outputs.close();
    inputGradients.close();
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
    return KernelArguments.of(
        configuration.getKernelSize(),
        configuration.getStride(),
        configuration.getPadding(),
        configuration.getDilation(),
        0, // explicit padding
        1, // [N, H, W, C]
        1 /* weights [out, in, H, W] */);
  }
}
