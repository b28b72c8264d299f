package dev.quadstream.network.pass;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * A chain of layers before it is made.
 *
 * @param name of the chain, unique in its network; states and files know its parameters by it
 * @param configuration the layers and the seed of their initial parameters
 * @param inputType the shape of one row of the input
 */
public record ChainDefinition(
    String name, MultiLayerConfiguration configuration, InputType inputType) {

  /** The number of parameters, from the configuration alone: nothing is allocated. */
  public long parameterCount() {
    return configuration.getConfs().stream()
        .mapToLong(layer -> layer.getLayer().initializer().numParams(layer))
        .sum();
  }
}
