package dev.quadstream.network;

import dev.quadstream.image.ImageShape;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
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

/** The Deeplearning4j configurations of the trunks and of the pair head. */
public final class Configurations {

  static final int HEAD_UNITS = 64;

  /** Keeps the head's initial parameters apart from the trunk's, which share the seed. */
  private static final long HEAD_SEED_SALT = 0x9E3779B97F4A7C15L;

  private Configurations() {}

  /**
   * Image [N, H, W, C] in [−1, 1] → embedding [N, E] before normalisation. Channels come last
   * because oneDNN then works on the arrays as they are; with channels first it rearranges every
   * activation and gradient on the way in and out.
   */
  public static MultiLayerConfiguration trunk(NetworkSpec spec, DataType dataType) {
    return trunkLayers(spec, dataType).build();
  }

  /** The trunk, one more dense layer and a softmax over the classes. */
  static MultiLayerConfiguration classifier(NetworkSpec spec, int classes, DataType dataType) {
    return trunkLayers(spec, dataType)
        .layer(linear(classes))
        .layer(new ActivationLayer(Activation.SOFTMAX))
        .build();
  }

  private static NeuralNetConfiguration.ListBuilder trunkLayers(
      NetworkSpec spec, DataType dataType) {
    NeuralNetConfiguration.ListBuilder layers = base(spec, dataType, spec.seed()).list();
    switch (spec.trunk()) {
      case SMALL -> small(layers);
      case MEDIUM -> medium(layers);
      case ALEXNET -> alexnet(layers);
    }
    return layers.layer(linear(spec.embeddingSize())).setInputType(inputType(spec.input()));
  }

  public static InputType inputType(ImageShape input) {
    return InputType.convolutional(
        input.height(), input.width(), input.channels(), CNN2DFormat.NHWC);
  }

  /**
   * Pair features [P, 2E] (see {@link PairFeatures}) → [P, 2]: the probabilities that the two
   * images show the same class, and that they show different ones. The paper's FC8 and softmax.
   */
  public static MultiLayerConfiguration head(NetworkSpec spec, DataType dataType) {
    return base(spec, dataType, spec.seed() ^ HEAD_SEED_SALT)
        .list()
        .layer(dense(HEAD_UNITS))
        .layer(linear(2))
        .layer(new ActivationLayer(Activation.SOFTMAX))
        .setInputType(InputType.feedForward(PairFeatures.size(spec.embeddingSize())))
        .build();
  }

  /** The number of parameters, from the configuration alone: nothing is allocated. */
  public static long parameterCount(MultiLayerConfiguration configuration) {
    return configuration.getConfs().stream()
        .mapToLong(layer -> layer.getLayer().initializer().numParams(layer))
        .sum();
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

  private static ConvolutionLayer sameConvolution(int channels) {
    return convolution(channels, 3, 1, 1);
  }

  private static ConvolutionLayer convolution(int channels, int kernel, int stride, int padding) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .padding(padding, padding)
        .convolutionMode(ConvolutionMode.Truncate)
        .nOut(channels)
        .activation(Activation.RELU)
        .build();
  }

  private static SubsamplingLayer halvingPool() {
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

  private static DenseLayer dense(int units) {
    return new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build();
  }

  private static DenseLayer linear(int size) {
    return new DenseLayer.Builder()
        .nOut(size)
        .activation(Activation.IDENTITY)
        .weightInit(WeightInit.XAVIER)
        .build();
  }
}
