package dev.quadstream.network;

import dev.quadstream.network.pass.ChainDefinition;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The native memory that a network keeps, worked out from its layers: nothing is allocated.
 *
 * <p>It is what ND4J counts once the largest batch has been seen, less what native operations
 * borrow while they run, the convolutions' weights in oneDNN's layout. A test holds it to what is
 * measured. Immutable.
 */
public final class NativeDemand {

  private final long parameters;
  private final long updaterValues;
  private final long valuesOfAnImage;
  private final long gradientsOfAnImage;
  private final long valuesOfAPair;
  private final long convolutionParameters;
  private final int chunkImages;

  private NativeDemand(NetworkSpec spec) {
    ChainDefinition trunkChain = Configurations.trunk(spec, DataType.FLOAT);
    MultiLayerConfiguration trunk = trunkChain.configuration();
    this.convolutionParameters = trunkChain.convolutionParameterCount();
    this.chunkImages = trunkChain.chunkRows();
    List<ChainDefinition> chains = Configurations.chains(spec, DataType.FLOAT);
    this.parameters = chains.stream().mapToLong(ChainDefinition::parameterCount).sum();
    this.valuesOfAPair =
        chains.subList(1, chains.size()).stream().mapToLong(NativeDemand::valuesOfARow).sum();
    this.updaterValues = parameters * spec.updater().valuesPerParameter();
    InputType type = Configurations.inputType(spec);
    long values = type.arrayElementsPerExample();
    long gradients = 0;
    boolean image = spec.backbone() == null;
    for (int index = 0; index < trunk.getConfs().size(); index++) {
      Layer layer = trunk.getConf(index).getLayer();
      // Of the image itself nobody wants the gradient.
      gradients += index == 0 ? 0 : type.arrayElementsPerExample();
      if (image && layer instanceof DenseLayer) {
        // Laid out anew on the way into the first dense layer, and its gradient on the way back.
        values += type.arrayElementsPerExample();
        gradients += type.arrayElementsPerExample();
        image = false;
      }
      type = outputType(layer, index, type);
      values += type.arrayElementsPerExample();
      if (layer instanceof SubsamplingLayer) {
        // Where each maximum came from, a byte each.
        values += type.arrayElementsPerExample() / Float.BYTES;
      }
    }
    this.valuesOfAnImage = values;
    this.gradientsOfAnImage = gradients + type.arrayElementsPerExample();
  }

  /** Input and outputs of a chain. */
  private static long valuesOfARow(ChainDefinition chain) {
    InputType type = chain.inputType();
    long values = type.arrayElementsPerExample();
    for (int index = 0; index < chain.configuration().getConfs().size(); index++) {
      type = outputType(chain.configuration().getConf(index).getLayer(), index, type);
      values += type.arrayElementsPerExample();
    }
    return values;
  }

  private static InputType outputType(Layer layer, int index, InputType type) {
    return layer instanceof DenseLayer dense
        ? InputType.feedForward(((FeedForwardLayer) dense).getNOut())
        : layer.getOutputType(index, type);
  }

  public static NativeDemand of(NetworkSpec spec) {
    return new NativeDemand(spec);
  }

  /** The number of trained parameters of all chains. */
  public long parameters() {
    return parameters;
  }

  /**
   * Bytes of a network that is trained: parameters and their average, gradient and updater state,
   * and the activations of a batch with their gradients.
   *
   * @param images of a batch, 1 or more
   * @param pairs that go through the pair head at once, with their gradients
   */
  public long trainingBytes(long images, long pairs) {
    return Float.BYTES
        * (3 * parameters
            + updaterValues
            + images * (valuesOfAnImage + gradientsOfAnImage)
            // As oneDNN lays them out, and as the parameters are.
            + (images + chunkImages - 1) / chunkImages * 2 * convolutionParameters
            + pairs * 2 * valuesOfAPair);
  }

  /**
   * Bytes of a network that only embeds: parameters, a gradient that nobody uses, activations.
   *
   * @param images that it embeds at once, 1 or more; more than 128 count as those
   */
  public long embeddingBytes(long images) {
    long rows = Math.min(images, QuadrupletNetwork.EMBED_BATCH);
    return Float.BYTES * (2 * parameters + rows * valuesOfAnImage);
  }
}
