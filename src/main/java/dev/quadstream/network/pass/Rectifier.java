package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** A layer with ReLU behind it, in place, and its gradient in place. */
final class Rectifier implements LayerPass {

  private final LayerPass layer;

  private INDArray output;

  Rectifier(LayerPass layer) {
    this.layer = layer;
  }

  /**
   * Whether a layer is rectified.
   *
   * @throws IllegalArgumentException for an activation other than ReLU and identity
   */
  static boolean isRectified(Layer configuration) {
    IActivation activation = ((BaseLayer) configuration).getActivationFn();
    if (activation instanceof ActivationReLU) {
      return true;
    }
    if (activation instanceof ActivationIdentity) {
      return false;
    }
    throw new IllegalArgumentException(
        "The passes know ReLU and identity, not " + activation + ".");
  }

  @Override
  public INDArray forward(INDArray input) {
    output = layer.forward(input);
    Nd4j.exec(
        DynamicCustomOp.builder("relu")
            .addInputs(output)
            .addOutputs(output)
            .addFloatingPointArguments(0.0)
            .build());
    return output;
  }

  /** Clears the gradient where the output is not above 0. */
  @Override
  public INDArray backward(INDArray outputGradient) {
    Nd4j.exec(
        DynamicCustomOp.builder("relu_bp")
            .addInputs(output, outputGradient)
            .addOutputs(outputGradient)
            .addFloatingPointArguments(0.0)
            .build());
    return layer.backward(outputGradient);
  }

  @Override
  public void close() {
    layer.close();
  }
}
