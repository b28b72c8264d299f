package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/**
 * A chain of layers before it is made.
 *
 * @param name of the chain, unique in its network; states and files know its parameters by it
 * @param configuration the layers and the seed of their initial parameters
 * @param inputType the shape of one row of the input
 * @param brainFloat whether it only goes forward, with bfloat16 between the convolutions
 */
public record ChainDefinition(
    String name, MultiLayerConfiguration configuration, InputType inputType, boolean brainFloat) {

  private static final int CHUNK_OF_IMAGES = 8;
  private static final int CHUNK_OF_LARGE = 16;
  private static final int CHUNK_OF_PAIRS = 128;

  /** Parameters that no cache holds. */
  private static final long LARGE = 10_000_000;

  /** A chain that is trained. */
  public ChainDefinition(String name, MultiLayerConfiguration configuration, InputType inputType) {
    this(name, configuration, inputType, false);
  }

  /** The same to go forward alone, with bfloat16 between the convolutions. */
  public ChainDefinition inBrainFloat() {
    return new ChainDefinition(name, configuration, inputType, true);
  }

  /**
   * Rows of a chunk of a batch, which one thread computes: by the chain alone, since bits depend on
   * it. With fewer, each convolution's gradient would be stored and added up more often, and large
   * weights be read more often.
   */
  public int chunkRows() {
    if (inputType instanceof InputType.InputTypeFeedForward) {
      return CHUNK_OF_PAIRS;
    }
    return parameterCount() > LARGE ? CHUNK_OF_LARGE : CHUNK_OF_IMAGES;
  }

  /** So many of the parameters are those of convolutions. */
  public long convolutionParameterCount() {
    return configuration.getConfs().stream()
        .filter(layer -> layer.getLayer() instanceof ConvolutionLayer)
        .mapToLong(layer -> layer.getLayer().initializer().numParams(layer))
        .sum();
  }

  /** The number of parameters, from the configuration alone: nothing is allocated. */
  public long parameterCount() {
    return configuration.getConfs().stream()
        .mapToLong(layer -> layer.getLayer().initializer().numParams(layer))
        .sum();
  }
}
