package dev.quadstream.network.pass;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The initial weights of residual convolutions: half of what was drawn, plus the identity. So x ↦ x
 * + w∗x is one convolution, that Deeplearning4j, oneDNN and ONNX know (Zagoruyko and Komodakis
 * 2017, DiracNets). Deeplearning4j's own start as the identity fails for convolutions.
 */
public final class ResidualStart {

  /** Layers of this name start so; as many channels go into them as come out. */
  public static final String LAYER_NAME = "residual";

  private static final double SHARE_OF_DRAWN = 0.5;

  private ResidualStart() {}

  /** Changes what was drawn for a network. */
  static void apply(MultiLayerNetwork network) {
    for (Layer layer : network.getLayers()) {
      if (LAYER_NAME.equals(layer.conf().getLayer().getLayerName())) {
        addIdentity(layer.getParam(ConvolutionParamInitializer.WEIGHT_KEY));
      }
    }
  }

  /**
   * Of an odd kernel.
   *
   * @param weights [out, in, H, W]
   */
  private static void addIdentity(INDArray weights) {
    weights.muli(SHARE_OF_DRAWN);
    long row = weights.size(2) / 2;
    long column = weights.size(3) / 2;
    for (long channel = 0; channel < weights.size(0); channel++) {
      long[] centre = {channel, channel, row, column};
      weights.putScalar(centre, 1 + weights.getDouble(centre));
    }
  }
}
