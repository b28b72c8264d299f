package dev.quadstream.network.pass;

import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A fully connected layer z = x·W + b.
 *
 * <p>Every product is written for the transposed matrices: a batch [N, K] in c order is a matrix
 * [K, N] in f order at the same place, and W is in f order, so nothing is copied on the way to the
 * matrix product.
 */
final class DensePass implements LayerPass {

  private final INDArray weights;
  private final INDArray bias;
  private final INDArray weightGradient;
  private final INDArray biasGradient;
  private final RowBuffer outputs;
  private final RowBuffer inputGradients;

  private INDArray input;
  private INDArray matrix;

  DensePass(ChainLayer layer) {
    this.weights = layer.layer().getParam(DefaultParamInitializer.WEIGHT_KEY);
    this.bias = layer.layer().getParam(DefaultParamInitializer.BIAS_KEY);
    this.weightGradient = layer.gradient(DefaultParamInitializer.WEIGHT_KEY);
    this.biasGradient = layer.gradient(DefaultParamInitializer.BIAS_KEY);
    this.outputs = new RowBuffer(weights.dataType(), weights.size(1));
    this.inputGradients = new RowBuffer(weights.dataType(), weights.size(0));
  }

  @Override
  public INDArray forward(INDArray input) {
    this.input = input;
    matrix = input.rank() == 2 ? input : input.reshape('c', input.size(0), weights.size(0));
    INDArray output = outputs.rows(input.size(0));
    Nd4j.gemm(weights, matrix.transpose(), output.transpose(), true, false, 1.0, 0.0);
    output.addiRowVector(bias);
    return output;
  }

  @Override
  public INDArray backward(INDArray outputGradient) {
    INDArray transposed = outputGradient.transpose();
    outputGradient.sum(biasGradient, 0);
    Nd4j.gemm(matrix.transpose(), transposed, weightGradient, false, true, 1.0, 0.0);
    INDArray inputGradient = inputGradients.rows(input.size(0));
    Nd4j.gemm(weights, transposed, inputGradient.transpose(), false, false, 1.0, 0.0);
    return inputGradient.reshape('c', input.shape());
  }

  @Override
  public void close() {
    outputs.close();
    inputGradients.close();
  }
}
