package dev.quadstream.network.pass;

import java.util.Arrays;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** A layer through ND4J's native operation of a name, and backwards through that name's "_bp". */
abstract class NativePass implements LayerPass {

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
   * @param parameters that it takes after its input
   * @param gradients of these, in their order
   */
  NativePass(
      String operation,
      int[] arguments,
      ChainLayer layer,
      DataType dataType,
      INDArray[] parameters,
      INDArray[] gradients) {
    this.operation = operation;
    this.arguments = arguments;
    this.parameters = parameters;
    this.gradients = gradients;
    this.outputs = new RowBuffer(dataType, layer.outputShape());
    this.inputGradients = new RowBuffer(dataType, layer.inputShape());
  }

  /**
   * The arguments of an operation on images.
   *
   * @param kernel [H, W], as the next three
   * @param further what the operation takes after them
   */
  static int[] join(int[] kernel, int[] stride, int[] padding, int[] dilation, int... further) {
    return Stream.of(kernel, stride, padding, dilation, further)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  @Override
  public final INDArray forward(INDArray input) {
    this.input = input;
    INDArray output = outputs.rows(input.size(0));
    exec(operation, join(input, parameters), output);
    return output;
  }

  @Override
  public final INDArray backward(INDArray outputGradient) {
    INDArray inputGradient = inputGradients.rows(input.size(0));
    exec(
        operation + "_bp", join(input, parameters, outputGradient), join(inputGradient, gradients));
    return inputGradient;
  }

  @Override
  public final void close() {
    outputs.close();
    inputGradients.close();
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
}
