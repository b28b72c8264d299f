package dev.quadstream.network.file;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model file says about the network beside its parameters.
 *
 * @param version the number of windows that the trainer had processed, 0 for the initial network
 * @param alpha1 the margin of the loss's first term when the model was written, 0 or more
 * @param alpha2 the margin of its second term, 0 or more
 * @param extra further facts for whoever opens the file; sorted by key, so that the same facts give
 *     the same bytes
 */
public record ModelInfo(long version, double alpha1, double alpha2, Map<String, String> extra) {

  public ModelInfo {
    if (version < 0) {
      throw new IllegalArgumentException("A model version is 0 or more, not " + version + ".");
    }
    requireMargin("alpha1", alpha1);
    requireMargin("alpha2", alpha2);
    extra = Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(extra)));
  }

  private static void requireMargin(String name, double margin) {
    if (!Double.isFinite(margin) || margin < 0) {
      throw new IllegalArgumentException(
          "The margin %s must be a number of 0 or more, not %s.".formatted(name, margin));
    }
  }
}
