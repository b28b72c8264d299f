package dev.quadstream.network.pass;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The two passes through one layer, on the layer's own parameters and into its own part of the
 * gradient. Inputs, outputs and gradients are buffers that stay where they are: a pass overwrites
 * what it returned the time before.
 */
interface LayerPass extends AutoCloseable {

  /**
   * The layer's output.
   *
   * @param input [N, …], kept for {@link #backward}
   */
  INDArray forward(INDArray input);

  /**
   * Stores the gradient of the layer's parameters at the last {@link #forward}.
   *
   * @param outputGradient dLoss/dOutput, shaped as the output; overwritten
   * @return dLoss/dInput, or null where nobody wants it
   */
  INDArray backward(INDArray outputGradient);

  @Override
  void close();
}
