package dev.quadstream.network.pass;

import org.bytedeco.dnnl.memory;

/** A layer for a chunk of one size: says to a program what its two passes are. */
interface OneDnnLayer {

  /**
   * Appends the forward pass.
   *
   * @param input kept for the backward pass
   * @return the output
   */
  memory recordForward(OneDnnProgram program, memory input);

  /**
   * Appends the backward pass. A convolution's stores the chunk's gradient of its parameters; those
   * of dense layers are computed for the whole batch, see {@link DenseGradient}.
   *
   * @param outputGradient dLoss/dOutput; overwritten
   * @return dLoss/dInput, or null for an image, which nobody changes
   */
  memory recordBackward(OneDnnProgram program, memory outputGradient);
}
