package dev.quadstream.network.file;

import dev.quadstream.network.Backbones;
import dev.quadstream.network.EmbeddingPrecision;
import dev.quadstream.network.NetworkSpec;
import dev.quadstream.network.NetworkState;
import dev.quadstream.network.QuadrupletNetwork;
import java.util.Optional;

/**
 * A model file's content, before a network is made of it.
 *
 * @param average the parameters that are served
 * @param iterate those that training goes on with; empty where the file has none, or they were not
 *     asked for
 */
public record ModelParameters(
    NetworkSpec spec, ModelInfo info, NetworkState average, Optional<NetworkState> iterate) {

  /** A network of its own with them. */
  public LoadedModel load() {
    return load(null, EmbeddingPrecision.SINGLE);
  }

  /**
   * The same in a network that is used again, which spares making one where models come often.
   *
   * @param reuse takes the parameters where it is of their specification, and is left as it is
   *     where not; may be null
   * @param precision of a network of its own
   * @return a model with {@code reuse} or with a network of its own
   */
  public LoadedModel load(QuadrupletNetwork reuse, EmbeddingPrecision precision) {
    boolean fits = reuse != null && reuse.spec().equals(spec);
    QuadrupletNetwork network = fits ? reuse : QuadrupletNetwork.create(spec, precision);
    network.setParameters(average);
    return new LoadedModel(network, info);
  }

  /**
   * The same to embed images with: what the network was trained behind must be among {@link
   * Backbones}.
   *
   * @throws ModelFormatException naming both backbones where that one is not loaded
   */
  public LoadedModel loadToEmbed() throws ModelFormatException {
    if (spec.backbone() != null) {
      try {
        Backbones.require(spec.backbone());
      } catch (IllegalStateException e) {
        throw new ModelFormatException(e.getMessage(), e);
      }
    }
    return load();
  }
}
