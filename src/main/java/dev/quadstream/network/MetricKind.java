package dev.quadstream.network;

import java.util.Locale;

/** How the distance g of two embeddings is computed; both are symmetric and lie in [0, 1]. */
public enum MetricKind {
  /** g = ½‖f_x − f_y‖ on unit vectors; no parameters. */
  EUCLIDEAN,
  /**
   * g = the "dissimilar" output of a softmax over a trained head on the pair's features (FC8 of
   * Chen et al., CVPR 2017, §3.2).
   */
  LEARNED;

  /** The value of the option: the name in lower case. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
