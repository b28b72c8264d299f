package dev.quadstream.network.pass;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The passes through ND4J's native operations, layer by layer: for double precision, and where
 * there is no oneDNN to call directly.
 */
final class Nd4jPasses implements ChainPasses {

  private final List<LayerPass> passes = new ArrayList<>();
  private final RowBuffer inputs;
  private final RowBuffer outputGradients;
  private final int outputSize;
  private final int lastConvolution;

  private boolean keepsMaps;
  private INDArray maps;

  Nd4jPasses(List<ChainLayer> layers, DataType dataType) {
    boolean rectifierPending = false;
    for (int index = 0; index < layers.size(); index++) {
      ChainLayer layer = layers.get(index);
      LayerPass pass;
      boolean rectified;
      if (layer.configuration() instanceof SubsamplingLayer) {
        pass = NativePass.maxPooling(layer, dataType);
        rectified = rectifierPending;
        rectifierPending = false;
      } else {
        boolean convolves = layer.configuration() instanceof ConvolutionLayer;
        pass = convolves ? NativePass.convolution(layer, dataType) : new DensePass(layer);
        rectified = Rectifier.isRectified(layer.configuration());
        // Rectifier and pooling commute, in the gradient too, and a quarter of the values is left.
        rectifierPending = rectified && isPooled(layers, index);
        rectified &= !rectifierPending;
      }
      passes.add(rectified ? new Rectifier(pass) : pass);
    }
    this.lastConvolution = ChainLayer.lastConvolution(layers);
    this.inputs = new RowBuffer(dataType, layers.get(0).inputShape());
    this.outputSize =
        Math.toIntExact(layers.get(layers.size() - 1).output().arrayElementsPerExample());
    this.outputGradients = new RowBuffer(dataType, outputSize);
  }

  /** Whether the next layer pools what this one gives. */
  private static boolean isPooled(List<ChainLayer> layers, int index) {
    return index + 1 < layers.size()
        && layers.get(index + 1).configuration() instanceof SubsamplingLayer;
  }

  @Override
  public INDArray input(int rows) {
    return inputs.rows(rows);
  }

  @Override
  public INDArray forward(int rows, RowWriter writer) {
    writer.write(0, rows);
    INDArray activations = inputs.rows(rows);
    for (int index = 0; index < passes.size(); index++) {
      activations = passes.get(index).forward(activations);
      if (keepsMaps && index == lastConvolution) {
        // The next layer may rectify in place.
        maps = activations.dup('c');
      }
    }
    return activations;
  }

  @Override
  public void keepMaps() {
    keepsMaps = true;
  }

  @Override
  public INDArray maps(int rows) {
    return maps.reshape('c', rows, maps.length() / rows);
  }

  @Override
  public INDArray backward(double[] gradients) {
    INDArray gradient = outputGradients.rows(gradients.length / outputSize);
    NativeArrays.write(gradients, gradient, 0);
    for (int i = passes.size() - 1; i >= 0; i--) {
      gradient = passes.get(i).backward(gradient);
    }
    return gradient;
  }

  @Override
  public void close() {
    passes.forEach(LayerPass::close);
    inputs.close();
    outputGradients.close();
  }
}
