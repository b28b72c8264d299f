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

  /** From now on what the last convolution gives is kept for {@link #maps}. */
  void keepMaps();

  /**
   * What the last convolution gave at the last {@link #forward}, [rows][H·W·C], channels last; live
   * memory. Where it is pooled, its rectifier may not have been applied.
   */
  INDArray maps(int rows);

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
