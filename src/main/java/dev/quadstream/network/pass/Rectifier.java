package dev.quadstream.network.pass;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** ReLU in place, and its gradient in place. */
final class Rectifier {

  private Rectifier() {}

  /**
   * Whether a layer of this activation is rectified.
   *
   * @throws IllegalArgumentException for an activation other than ReLU and identity
   */
  static boolean isRectified(IActivation activation) {
    if (activation instanceof ActivationReLU) {
      return true;
    }
    if (activation instanceof ActivationIdentity) {
      return false;
    }
    throw new IllegalArgumentException(
        "The passes know ReLU and identity, not " + activation + ".");
  }

  static void apply(INDArray values) {
    Nd4j.exec(
        DynamicCustomOp.builder("relu")
            .addInputs(values)
            .addOutputs(values)
            .addFloatingPointArguments(0.0)
            .build());
  }

  /** Clears the gradient where the output is not above 0. */
  static void applyGradient(INDArray output, INDArray gradient) {
    Nd4j.exec(
        DynamicCustomOp.builder("relu_bp")
            .addInputs(output, gradient)
            .addOutputs(gradient)
            .addFloatingPointArguments(0.0)
            .build());
  }
}
