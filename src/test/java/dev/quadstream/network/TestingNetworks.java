package dev.quadstream.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quadstream.image.ImageShape;
import dev.quadstream.image.PixelImage;
import dev.quadstream.network.file.LoadedModel;
import dev.quadstream.network.file.ModelFile;
import dev.quadstream.network.file.ModelFormatException;
import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import dev.quadstream.network.pass.NativeArrays;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Networks, images and one training step for tests. */
public final class TestingNetworks {

  public static final ImageShape INPUT = new ImageShape(1, 28, 28);

  private TestingNetworks() {}

  public static NetworkSpec spec(MetricKind metric) {
    return spec(metric, UpdaterKind.ADAM);
  }

  public static NetworkSpec spec(MetricKind metric, UpdaterKind updater) {
    return new NetworkSpec(TrunkKind.SMALL, INPUT, null, 16, metric, updater, 1e-3, 7);
  }

  /** Behind a backbone of so many features. */
  public static NetworkSpec adapter(MetricKind metric, int features) {
    return new NetworkSpec(
        TrunkKind.ADAPTER,
        INPUT,
        new BackboneSpec("ab".repeat(32), features, "1x28x28 bytes NCHW, output features"),
        16,
        metric,
        UpdaterKind.ADAM,
        1e-3,
        7);
  }

  /** All kinds of layers in a few hundred parameters: 28×28 down to an embedding of 16. */
  public static QuadrupletNetwork tinyInDouble(MetricKind metric) {
    MultiLayerConfiguration trunk =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .seed(3)
            .weightInit(WeightInit.XAVIER)
            // No embedding may start at length 0, where the direction has a kink.
            .biasInit(0.1)
            .miniBatch(false)
            .list()
            .layer(convolution(2, 5, 3))
            .layer(
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(2, 2)
                    .stride(2, 2)
                    .build())
            .layer(convolution(3, 3, 1))
            .layer(new DenseLayer.Builder().nOut(12).activation(Activation.RELU).build())
            .layer(new DenseLayer.Builder().nOut(16).activation(Activation.IDENTITY).build())
            .setInputType(Configurations.inputType(spec(MetricKind.LEARNED)))
            .build();
    return withTrunk(spec(metric), trunk, DataType.DOUBLE);
  }

  /** With another trunk than the specification's. */
  static QuadrupletNetwork withTrunk(
      NetworkSpec spec, MultiLayerConfiguration trunk, DataType dataType) {
    List<ChainDefinition> definitions = new ArrayList<>(Configurations.chains(spec, dataType));
    definitions.set(
        0, new ChainDefinition(Configurations.TRUNK, trunk, Configurations.inputType(spec)));
    return new QuadrupletNetwork(spec, definitions);
  }

  /** In double precision, for comparing gradients with finite differences; its state rounds. */
  public static QuadrupletNetwork createInDouble(NetworkSpec spec) {
    return new QuadrupletNetwork(spec, Configurations.chains(spec, DataType.DOUBLE));
  }

  /** The network and the facts of a model file. */
  public static LoadedModel read(byte[] file) throws ModelFormatException {
    return ModelFile.parameters(new ByteArrayInputStream(file), file.length).load();
  }

  /** A copy of all parameters in the precision they have, chain after chain. */
  public static double[] parameters(QuadrupletNetwork network) {
    return inOneRow(network, LayerChain::parameters);
  }

  /** A copy of the stored gradient, in the order of the parameters. */
  public static double[] gradients(QuadrupletNetwork network) {
    // Throws where none is stored.
    network.gradientNorm();
    return inOneRow(network, LayerChain::gradients);
  }

  private static double[] inOneRow(QuadrupletNetwork network, Function<LayerChain, INDArray> part) {
    return network.chains().stream()
        .flatMapToDouble(chain -> DoubleStream.of(NativeArrays.doubles(part.apply(chain))))
        .toArray();
  }

  /** Sets all parameters, in their order; a step under way is given up. */
  public static void setParameters(QuadrupletNetwork network, double[] parameters) {
    assertThat(parameters).hasSize(Math.toIntExact(network.parameterCount()));
    int start = 0;
    for (LayerChain chain : network.chains()) {
      int end = start + Math.toIntExact(chain.parameterCount());
      NativeArrays.write(Arrays.copyOfRange(parameters, start, end), chain.parameters(), 0);
      start = end;
    }
    network.forgetStep();
  }

  /**
   * A trunk with all its layers, strides and paddings, of which each but the embedding has a
   * fraction of the channels or units: cheap enough for finite differences.
   *
   * @param fraction what the numbers of channels and units are divided by
   */
  public static ChainDefinition narrowedTrunk(NetworkSpec spec, int fraction, DataType dataType) {
    ChainDefinition whole = Configurations.trunk(spec, dataType);
    MultiLayerConfiguration narrowed = whole.configuration().clone();
    int count = narrowed.getConfs().size();
    boolean first = true;
    for (int index = 0; index < count; index++) {
      if (narrowed.getConf(index).getLayer() instanceof FeedForwardLayer layer) {
        layer.setNIn(first ? layer.getNIn() : layer.getNIn() / fraction);
        layer.setNOut(index == count - 1 ? layer.getNOut() : layer.getNOut() / fraction);
        first = false;
      }
      if (narrowed.getInputPreProcess(index) instanceof CnnToFeedForwardPreProcessor flat) {
        flat.setNumChannels(flat.getNumChannels() / fraction);
      }
    }
    return new ChainDefinition(whole.name(), narrowed, whole.inputType());
  }

  private static ConvolutionLayer convolution(int channels, int kernel, int stride) {
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .nOut(channels)
        .activation(Activation.RELU)
        .build();
  }

  public static float[][] values(int count, int size, long seed) {
    Random random = new Random(seed);
    float[][] images = new float[count][size];
    for (float[] image : images) {
      for (int i = 0; i < size; i++) {
        image[i] = random.nextFloat();
      }
    }
    return images;
  }

  public static List<PixelImage> images(int count, ImageShape shape, long seed) {
    Random random = new Random(seed);
    List<PixelImage> images = new ArrayList<>();
    for (int image = 0; image < count; image++) {
      byte[] pixels = new byte[shape.size()];
      random.nextBytes(pixels);
      images.add(new PixelImage(shape, pixels));
    }
    return images;
  }

  /** One update that draws the pairs (i, i + 1) together and pushes (i, i + 2) apart. */
  public static void train(QuadrupletNetwork network, float[][] images) {
    network.forward(images);
    int count = images.length;
    int[] left = new int[2 * count];
    int[] right = new int[2 * count];
    for (int i = 0; i < count; i++) {
      left[i] = i;
      right[i] = (i + 1) % count;
      left[count + i] = i;
      right[count + i] = (i + 2) % count;
    }
    double[] distances = network.pairForward(left, right);
    double[] gradients = new double[distances.length];
    for (int pair = 0; pair < gradients.length; pair++) {
      gradients[pair] = (pair < count ? 2 : -2) * distances[pair] / count;
    }
    network.backward(gradients);
    network.update(1);
  }

  /** A state of trunk and head, or of a trunk alone where the head has no parameters. */
  public static NetworkState state(
      float[] trunk, float[] trunkUpdater, float[] head, float[] headUpdater, int iteration) {
    List<NetworkState.Chain> chains = new ArrayList<>();
    chains.add(new NetworkState.Chain("trunk", trunk, trunkUpdater));
    if (head.length > 0) {
      chains.add(new NetworkState.Chain("head", head, headUpdater));
    }
    return new NetworkState(chains, iteration);
  }
}
