package dev.quadstream.network;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.onnx.OnnxGraph;
import dev.quadstream.network.onnx.OnnxLayers;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.util.List;
import java.util.Map;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images to unit-length embeddings, and the gradient back into the trunk's parameters. */
final class Trunk {

  private static final float[] CENTRED = centredBytes();

  private final ImageShape input;
  private final LayerChain chain;

  /** Where the network wants the value that an image holds at an index. */
  private final int[] channelsLast;

  private double[][] units;
  private double[] norms;

  Trunk(LayerChain chain, ImageShape input) {
    this.input = input;
    this.channelsLast = channelsLast(input);
    this.chain = chain;
  }

  static int[] channelsLast(ImageShape input) {
    int pixels = input.height() * input.width();
    int[] target = new int[input.size()];
    for (int i = 0; i < target.length; i++) {
      target[i] = (i % pixels) * input.channels() + i / pixels;
    }
    return target;
  }

  LayerChain chain() {
    return chain;
  }

  /** The embeddings of the images, which share the input's shape. */
  float[][] embed(List<PixelImage> images) {
    discardActivations();
    INDArray batch = chain.input(images.size());
    float[] values = new float[input.size()];
    for (int image = 0; image < images.size(); image++) {
      byte[] pixels = images.get(image).pixels();
      for (int i = 0; i < values.length; i++) {
        values[channelsLast[i]] = CENTRED[pixels[i] & 0xFF];
      }
      NativeArrays.write(values, batch, (long) image * values.length);
    }
    double[][] outputs = NativeArrays.rows(chain.forward(images.size()));
    float[][] embeddings = new float[outputs.length][];
    for (int image = 0; image < embeddings.length; image++) {
      embeddings[image] = unit(outputs[image]);
    }
    return embeddings;
  }

  private static float[] unit(double[] output) {
    double norm = UnitLength.norm(output);
    float[] unit = new float[output.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (output[i] / norm);
    }
    return unit;
  }

  /** Adds bytes [batch, C, H, W] → unit-length embeddings [batch, E]. */
  String addTo(OnnxGraph graph, String pixels) {
    String values =
        graph.operator("Cast", Map.of("to", (long) TensorProto.DataType.FLOAT_VALUE), pixels);
    String shares = graph.operator("Div", values, graph.constant(255));
    String centred =
        graph.operator(
            "Mul", graph.operator("Sub", shares, graph.constant(0.5f)), graph.constant(2));
    return UnitLength.addTo(graph, OnnxLayers.add(graph, chain.network(), centred));
  }

  /**
   * The training pass.
   *
   * @param images [N][C·H·W], values 0 to 1
   */
  double[][] forward(float[][] images) {
    INDArray batch = chain.input(images.length);
    float[] values = new float[input.size()];
    for (int image = 0; image < images.length; image++) {
      for (int i = 0; i < values.length; i++) {
        values[channelsLast[i]] = centred(images[image][i]);
      }
      NativeArrays.write(values, batch, (long) image * values.length);
    }
    double[][] outputs = NativeArrays.rows(chain.forward(images.length));
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

  // All passes scale by these same two operations, so that the same image is the same to each.
  static float centred(float value) {
    return (value - 0.5f) * 2f;
  }

  private static float[] centredBytes() {
    float[] centred = new float[256];
    for (int value = 0; value < centred.length; value++) {
      centred[value] = centred(value / 255f);
    }
    return centred;
  }
}
