package dev.quadstream.network.pass;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer on images through ND4J's native operation of a name, and backwards through that name's
 * "_bp". oneDNN executes it where the native library has it; Deeplearning4j's own convolution would
 * take the slow im2col path: see {@link OneDnn}.
 */
final class NativePass implements LayerPass {

  private final String operation;
  private final int[] arguments;
  private final INDArray[] parameters;
  private final INDArray[] gradients;
  private final RowBuffer outputs;
  private final RowBuffer inputGradients;

  private INDArray input;

  /**
   * A pass.
   *
   * @param arguments of either operation
   * @param parameters by name, which it takes after its input
   */
  private NativePass(
      String operation,
      int[] arguments,
      ChainLayer layer,
      DataType dataType,
      List<String> parameters) {
    this.operation = operation;
    this.arguments = arguments;
    this.parameters = parameters.stream().map(layer.layer()::getParam).toArray(INDArray[]::new);
    this.gradients = parameters.stream().map(layer::gradient).toArray(INDArray[]::new);
    this.outputs = new RowBuffer(dataType, layer.outputShape());
    this.inputGradients = new RowBuffer(dataType, layer.inputShape());
  }

  static NativePass convolution(ChainLayer layer, DataType dataType) {
    ConvolutionLayer configuration = (ConvolutionLayer) layer.configuration();
    requirePlain(configuration);
    int[] arguments =
        join(
            configuration.getKernelSize(),
            configuration.getStride(),
            configuration.getPadding(),
            configuration.getDilation(),
            0, // explicit padding
            1, // [N, H, W, C]
            1 /* weights [out, in, H, W] */);
    return new NativePass(
        "conv2d",
        arguments,
        layer,
        dataType,
        List.of(ConvolutionParamInitializer.WEIGHT_KEY, ConvolutionParamInitializer.BIAS_KEY));
  }

  static NativePass maxPooling(ChainLayer layer, DataType dataType) {
    SubsamplingLayer configuration = (SubsamplingLayer) layer.configuration();
    requirePlain(configuration);
    int[] arguments =
        join(
            configuration.getKernelSize(),
            configuration.getStride(),
            configuration.getPadding(),
            configuration.getDilation(),
            0, // explicit padding
            0, // unused by max pooling
            1 /* [N, H, W, C] */);
    return new NativePass("maxpool2d", arguments, layer, dataType, List.of());
  }

  /**
   * Checks that the passes know a layer.
   *
   * @throws IllegalArgumentException for one of another layout, mode or kind
   */
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

  /** The same of a pooling layer. */
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

  private static int[] join(
      int[] kernel, int[] stride, int[] padding, int[] dilation, int... further) {
    return Stream.of(kernel, stride, padding, dilation, further)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  @Override
  public INDArray forward(INDArray input) {
    this.input = input;
    INDArray output = outputs.rows(input.size(0));
    exec(operation, join(input, parameters), output);
    return output;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    INDArray inputGradient = inputGradients.rows(input.size(0));
    exec(
        operation + "_bp", join(input, parameters, outputGradient), join(inputGradient, gradients));
    return inputGradient;
  }

  private void exec(String name, INDArray[] in, INDArray... out) {
    Nd4j.exec(
        DynamicCustomOp.builder(name)
            .addInputs(in)
            .addOutputs(out)
            .addIntegerArguments(arguments)
            .build());
  }

  private static INDArray[] join(INDArray first, INDArray[] then, INDArray... last) {
    return Stream.of(new INDArray[] {first}, then, last)
        .flatMap(Arrays::stream)
        .toArray(INDArray[]::new);
  }

  @Override
  public void close() {
    outputs.close();
    inputGradients.close();
  }
}
