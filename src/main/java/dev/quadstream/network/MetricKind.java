package dev.quadstream.network;

import dev.quadstream.network.pass.ChainDefinition;
import dev.quadstream.network.pass.LayerChain;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.buffer.DataType;

/** How the distance g of two images is computed; all are symmetric and lie in [0, 1]. */
public enum MetricKind {
  /** g = ½‖f_x − f_y‖ on unit vectors; no parameters. */
  EUCLIDEAN((spec, dataType) -> List.of(), (spec, chains) -> new EuclideanHead(spec)),

  /**
   * g = the "dissimilar" output of a softmax over a trained head on the pair's features (FC8 of
   * Chen et al., CVPR 2017, §3.2).
   */
  // No method references: they would load Deeplearning4j with the options, before the check of the
  // libraries can say which of them is missing.
  LEARNED(
      (spec, dataType) -> LearnedHead.chains(spec, dataType),
      (spec, chains) -> new LearnedHead(spec, chains)),

  /**
   * The learned one, and beside it a head on the feature maps of both images, which orders the
   * nearest ones anew.
   */
  EARLY(
      (spec, dataType) -> EarlyHead.chains(spec, dataType),
      (spec, chains) -> new EarlyHead(spec, chains));

  private final BiFunction<NetworkSpec, DataType, List<ChainDefinition>> chains;
  private final BiFunction<NetworkSpec, List<LayerChain>, PairHead> head;

  MetricKind(
      BiFunction<NetworkSpec, DataType, List<ChainDefinition>> chains,
      BiFunction<NetworkSpec, List<LayerChain>, PairHead> head) {
    this.chains = chains;
    this.head = head;
  }

  /** The value of the option: the name in lower case. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The head's chains, none for a metric without parameters, with arrays of this type. */
  List<ChainDefinition> chains(NetworkSpec spec, DataType dataType) {
    return chains.apply(spec, dataType);
  }

  /** A head on these chains, in the order of {@link #chains}, which the network closes. */
  PairHead head(NetworkSpec spec, List<LayerChain> itsChains) {
    return head.apply(spec, itsChains);
  }
}
