package dev.quadstream.network.pass;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The initial weights of a dense layer that is to lose nothing of what goes in: those that were
 * drawn, made orthonormal (Saxe, McClelland and Ganguli 2014). Where as many values come out as go
 * in, or more, angles and distances stay as they are. Deeplearning4j's own goes by LAPACK, whose
 * last bits are another on another machine.
 */
public final class OrthonormalStart {

  /** Layers of this name start so. */
  public static final String LAYER_NAME = "orthonormal";

  private OrthonormalStart() {}

  /** Changes what was drawn for a network. */
  static void apply(MultiLayerNetwork network) {
    for (Layer layer : network.getLayers()) {
      if (LAYER_NAME.equals(layer.conf().getLayer().getLayerName())) {
        INDArray weights = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
        boolean more = weights.rows() > weights.columns();
        double[][] vectors = (more ? weights.transpose() : weights).toDoubleMatrix();
        orthonormalize(vectors);
        INDArray changed = Nd4j.createFromArray(vectors);
        weights.assign(more ? changed.transpose() : changed);
      }
    }
  }

  /** By Gram and Schmidt, of no more vectors than each has values. */
  private static void orthonormalize(double[][] vectors) {
    for (int i = 0; i < vectors.length; i++) {
      double norm = Math.sqrt(product(vectors[i], vectors[i]));
      for (int k = 0; k < vectors[i].length; k++) {
        vectors[i][k] /= norm;
      }
      for (int j = i + 1; j < vectors.length; j++) {
        double share = product(vectors[i], vectors[j]);
        for (int k = 0; k < vectors[j].length; k++) {
          vectors[j][k] -= share * vectors[i][k];
        }
      }
    }
  }

  private static double product(double[] left, double[] right) {
    double sum = 0;
    for (int k = 0; k < left.length; k++) {
      sum += left[k] * right[k];
    }
    return sum;
  }
}
