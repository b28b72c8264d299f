package dev.quadstream.network.pass;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient of a dense layer's parameters from a whole batch, dW = dYᵀ·X and db = dYᵀ·1, in
 * slices of its outputs: for large layers a gradient of each chunk would take too much memory.
 */
final class DenseGradient {

  /** Outputs of a slice: enough for the product to run at full rate. */
  private static final int SLICE = 32;

  private final FloatPointer weightGradient;
  private final FloatPointer biasGradient;
  private final int inputs;
  private final int outputs;

  DenseGradient(ChainLayer layer) {
    INDArray weights = layer.gradient(DefaultParamInitializer.WEIGHT_KEY);
    this.weightGradient = pointer(weights);
    this.biasGradient = pointer(layer.gradient(DefaultParamInitializer.BIAS_KEY));
    this.inputs = Math.toIntExact(weights.size(0));
    this.outputs = Math.toIntExact(weights.size(1));
  }

  private static FloatPointer pointer(INDArray array) {
    return (FloatPointer) array.data().addressPointer();
  }

  int slices() {
    return (outputs + SLICE - 1) / SLICE;
  }

  /**
   * Stores the gradient of a slice of outputs.
   *
   * @param input X, [N, inputs]
   * @param outputGradient dY, [N, outputs]
   */
  void store(int slice, int rows, INDArray input, INDArray outputGradient) {
    long first = (long) slice * SLICE;
    long width = Math.min(SLICE, outputs - first);
    FloatPointer ofOutputs = at(pointer(outputGradient), first);
    dnnl.dnnl_sgemm(
        (byte) 'T',
        (byte) 'N',
        width,
        inputs,
        rows,
        1,
        ofOutputs,
        outputs,
        pointer(input),
        inputs,
        0,
        at(weightGradient, first * inputs),
        inputs);
    try (FloatPointer ones = ones(rows)) {
      dnnl.dnnl_sgemm(
          (byte) 'N',
          (byte) 'N',
          1,
          width,
          rows,
          1,
          ones,
          rows,
          ofOutputs,
          outputs,
          0,
          at(biasGradient, first),
          outputs);
    }
  }

  private static FloatPointer ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return new FloatPointer(ones);
  }

  private static FloatPointer at(FloatPointer array, long element) {
    return array.getPointer(element);
  }
}
