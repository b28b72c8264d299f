package dev.quadstream.network;

import dev.quadstream.image.ImageShape;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.OrthonormalStart;
import dev.quadstream.network.pass.ResidualStart;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** The Deeplearning4j configurations of the trunks, and what those of the pair heads share. */
public final class Configurations {

  /** The name of the trunk's chain. */
  public static final String TRUNK = "trunk";

  /** Keeps the head's initial parameters apart from the trunk's, which share the seed. */
  private static final long HEAD_SEED_SALT = 0x9E3779B97F4A7C15L;

  /** From so many pixels a side on, the residual trunk halves once more. */
  private static final int LARGE_SIDE = 64;

  private Configurations() {}

  /**
   * All chains of a network: the trunk, then those of its pair head.
   *
   * @param dataType of parameters and activations
   */
  public static List<ChainDefinition> chains(NetworkSpec spec, DataType dataType) {
    List<ChainDefinition> chains = new ArrayList<>();
    chains.add(trunk(spec, dataType));
    chains.addAll(spec.metric().chains(spec, dataType));
    return List.copyOf(chains);
  }

  /**
   * Image [N, H, W, C] in [−1, 1], or features [N, F] → embedding [N, E] before normalisation.
   * Channels come last because oneDNN then works on the arrays as they are; with channels first it
   * rearranges every activation and gradient on the way in and out.
   */
  public static ChainDefinition trunk(NetworkSpec spec, DataType dataType) {
    return new ChainDefinition(TRUNK, trunkLayers(spec, dataType).build(), inputType(spec));
  }

  /** The trunk, one more dense layer and a softmax over the classes. */
  static ChainDefinition classifier(NetworkSpec spec, int classes, DataType dataType) {
    return new ChainDefinition(
        "classifier",
        trunkLayers(spec, dataType).layer(linear(classes)).layer(softmax()).build(),
        inputType(spec));
  }

  private static NeuralNetConfiguration.ListBuilder trunkLayers(
      NetworkSpec spec, DataType dataType) {
    NeuralNetConfiguration.ListBuilder layers = base(spec, dataType, spec.seed()).list();
    DenseLayer embedding = linear(spec.embeddingSize());
    // An adapter is that layer alone: a hidden one measured worse (docs/backbone.md).
    switch (spec.trunk()) {
      case SMALL -> small(layers);
      case MEDIUM -> medium(layers);
      case ALEXNET -> alexnet(layers);
      case RESIDUAL -> residual(layers, spec.input());
      case ADAPTER -> embedding.setLayerName(OrthonormalStart.LAYER_NAME);
    }
    return layers.layer(embedding).setInputType(inputType(spec));
  }

  public static InputType inputType(NetworkSpec spec) {
    if (spec.backbone() != null) {
      return InputType.feedForward(spec.inputSize());
    }
    ImageShape input = spec.input();
    return InputType.convolutional(
        input.height(), input.width(), input.channels(), CNN2DFormat.NHWC);
  }

  /**
   * The beginning of a pair head's chain; its layers and input type are the head's to add.
   *
   * @param chain its number among the head's, from 0: each draws initial parameters of its own
   */
  static NeuralNetConfiguration.ListBuilder headLayers(
      NetworkSpec spec, DataType dataType, int chain) {
    return base(spec, dataType, spec.seed() ^ (HEAD_SEED_SALT * (chain + 1))).list();
  }

  private static NeuralNetConfiguration.Builder base(
      NetworkSpec spec, DataType dataType, long seed) {
    return new NeuralNetConfiguration.Builder()
        .dataType(dataType)
        .seed(seed)
        .updater(spec.updater().updater(spec.learningRate()))
        .weightInit(WeightInit.RELU)
        // The caller's gradient is that of the whole loss: nothing is left to divide.
        .miniBatch(false)
        .trainingWorkspaceMode(WorkspaceMode.NONE)
        .inferenceWorkspaceMode(WorkspaceMode.NONE);
  }

  private static void small(NeuralNetConfiguration.ListBuilder layers) {
    layers
        .layer(sameConvolution(32))
        .layer(halvingPool())
        .layer(sameConvolution(64))
        .layer(halvingPool())
        .layer(sameConvolution(64))
        .layer(halvingPool())
        .layer(dense(128));
  }

  private static void medium(NeuralNetConfiguration.ListBuilder layers) {
    layers
        .layer(sameConvolution(32))
        .layer(halvingPool())
        .layer(sameConvolution(64))
        .layer(halvingPool())
        .layer(sameConvolution(128))
        .layer(halvingPool())
        .layer(sameConvolution(128))
        .layer(halvingPool())
        .layer(dense(256));
  }

  private static void alexnet(NeuralNetConfiguration.ListBuilder layers) {
    layers
        .layer(convolution(96, 11, 4, 0))
        .layer(overlappingPool())
        .layer(convolution(256, 5, 1, 2))
        .layer(overlappingPool())
        .layer(convolution(384, 3, 1, 1))
        .layer(convolution(384, 3, 1, 1))
        .layer(convolution(256, 3, 1, 1))
        .layer(overlappingPool())
        .layer(dense(4096))
        .layer(dense(4096));
  }

  private static void residual(NeuralNetConfiguration.ListBuilder layers, ImageShape input) {
    layers
        .layer(sameConvolution(32))
        .layer(halvingPool())
        .layer(sameConvolution(64))
        .layer(halvingPool());
    if (Math.min(input.height(), input.width()) >= LARGE_SIDE) {
      layers.layer(residualConvolution(64)).layer(halvingPool());
    }
    layers.layer(residualConvolution(64)).layer(residualConvolution(64)).layer(halvingPool());
  }

  private static ConvolutionLayer residualConvolution(int channels) {
    return convolutionBuilder(channels, 3, 1, 1).name(ResidualStart.LAYER_NAME).build();
  }

  static ConvolutionLayer sameConvolution(int channels) {
    return convolution(channels, 3, 1, 1);
  }

  private static ConvolutionLayer convolution(int channels, int kernel, int stride, int padding) {
    return convolutionBuilder(channels, kernel, stride, padding).build();
  }

  private static ConvolutionLayer.Builder convolutionBuilder(
      int channels, int kernel, int stride, int padding) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .padding(padding, padding)
        .convolutionMode(ConvolutionMode.Truncate)
        .nOut(channels)
        .activation(Activation.RELU);
  }

  static SubsamplingLayer halvingPool() {
    return maxPool(2);
  }

  private static SubsamplingLayer overlappingPool() {
    return maxPool(3);
  }

  private static SubsamplingLayer maxPool(int kernel) {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(kernel, kernel)
        .stride(2, 2)
        .convolutionMode(ConvolutionMode.Truncate)
        .build();
  }

  static DenseLayer dense(int units) {
    return new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build();
  }

  static DenseLayer linear(int size) {
    return new DenseLayer.Builder()
        .nOut(size)
        .activation(Activation.IDENTITY)
        .weightInit(WeightInit.XAVIER)
        .build();
  }

  static ActivationLayer softmax() {
    return new ActivationLayer(Activation.SOFTMAX);
  }
}
