package dev.quadstream.network;

import dev.quadstream.image.ImageContent;
import dev.quadstream.metric.UnitEmbeddings;
import dev.quadstream.network.onnx.OnnxGraph;
import dev.quadstream.network.onnx.OnnxLayers;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images to unit-length embeddings, and the gradient back into the trunk's parameters. */
final class Trunk {

  private final TrunkInput input;
  private final LayerChain chain;

  private double[][] units;
  private double[] norms;

  Trunk(LayerChain chain, NetworkSpec spec) {
    this.input = new TrunkInput(spec);
    this.chain = chain;
  }

  LayerChain chain() {
    return chain;
  }

  /** The embeddings of the images, which share the input's shape. */
  float[][] embed(List<? extends ImageContent> images) {
    discardActivations();
    INDArray batch = chain.input(images.size());
    double[][] outputs =
        NativeArrays.rows(
            chain.forward(images.size(), (from, to) -> input.write(images, from, to, batch)));
    for (int image = 0; image < outputs.length; image++) {
      outputs[image] = UnitLength.scaled(outputs[image], UnitLength.norm(outputs[image]));
    }
    return UnitEmbeddings.toFloats(outputs);
  }

  /** Adds an input, bytes [batch, C, H, W] or features → unit-length embeddings [batch, E]. */
  String addTo(OnnxGraph graph) {
    return UnitLength.addTo(graph, OnnxLayers.add(graph, chain.network(), input.addTo(graph)));
  }

  /**
   * The training pass.
   *
   * @param images [N][C·H·W], values 0 to 1, or features
   */
  double[][] forward(float[][] images) {
    INDArray batch = chain.input(images.length);
    double[][] outputs =
        NativeArrays.rows(
            chain.forward(images.length, (from, to) -> input.write(images, from, to, batch)));
    units = new double[outputs.length][];
    norms = new double[outputs.length];
    double[][] embeddings = new double[outputs.length][];
    for (int image = 0; image < outputs.length; image++) {
      norms[image] = UnitLength.norm(outputs[image]);
      units[image] = UnitLength.scaled(outputs[image], norms[image]);
      embeddings[image] = units[image].clone();
    }
    return embeddings;
  }

  /** What the last convolution made of each image of the last {@link #forward}: [N][H·W·C]. */
  float[][] maps() {
    return NativeArrays.floatRows(chain.maps(units.length), units.length);
  }

  /** The same of any images, which share the input's shape. */
  float[][] maps(List<? extends ImageContent> images) {
    embed(images);
    return NativeArrays.floatRows(chain.maps(images.size()), images.size());
  }

  /** Whether the activations of a training pass are still there. */
  boolean keepsActivations() {
    return units != null;
  }

  /**
   * Stores the gradient of the trunk's parameters and gives up the activations.
   *
   * @param embeddingGradients dLoss/dEmbedding [N][E]
   */
  void backward(double[][] embeddingGradients) {
    double[] outputGradients = new double[units.length * chain.outputSize()];
    for (int image = 0; image < units.length; image++) {
      double[] gradient =
          UnitLength.gradient(units[image], norms[image], embeddingGradients[image]);
      System.arraycopy(
          gradient, 0, outputGradients, image * chain.outputSize(), chain.outputSize());
    }
    chain.backward(outputGradients);
    discardActivations();
  }

  /** Gives up what {@link #forward} kept. */
  void discardActivations() {
    units = null;
    norms = null;
  }
}
