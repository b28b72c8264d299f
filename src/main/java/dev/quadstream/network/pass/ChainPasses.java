package dev.quadstream.network.pass;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The two passes through all layers of a chain, on Deeplearning4j's parameters and into its
 * gradient. Everything in between is kept in memory that the next pass uses again.
 */
interface ChainPasses extends AutoCloseable {

  /** The input's memory for a batch of this size; to be filled before or by {@link #forward}. */
  INDArray input(int rows);

  /**
   * The output for the first rows of the input, in memory that the next pass overwrites.
   *
   * @param writer writes the rows into the input's memory
   */
  INDArray forward(int rows, RowWriter writer);

  /**
   * Stores the gradient of all parameters at the last {@link #forward}.
   *
   * @param outputGradients dLoss/dOutput, row after row
   * @return dLoss/dInput; null for images, which nobody changes
   */
  INDArray backward(double[] outputGradients);

  @Override
  void close();
}
