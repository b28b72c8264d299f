package dev.quadstream.stream.options;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Options that go together. A value that is given otherwise wins over the preset's. */
public enum Preset {
  /** Each option at its default. */
  NONE(Map.of()),
  /**
   * Chen et al., CVPR 2017, as they write it: quadruplets at random, whose pairs are the N_p = M
   * and N_n = 2M of Eq. 4, hinges averaged over M, plain gradient descent. Their network fuses the
   * two images of a pair earlier, which is no option.
   */
  PAPER(
      pairs(
          "mining.policy", "random",
          "margin.mean-pairs", "quadruplets",
          "margin.smoothing", "0",
          "margin.floor", "0",
          "margin.fixed-first", "1",
          "margin.fixed-second", "0.5",
          "training.loss", "quadruplet",
          "training.mean-over", "all",
          "training.updater", "sgd",
          "training.learning-rate", "0.01",
          "training.pair-softmax-weight", "1",
          "training.ramp-updates", "0",
          "training.average-windows", "1",
          "augmentation.orientations", "upright",
          "network.metric", "learned",
          "margin.adaptive", "true"));

  private final Map<String, String> options;

  Preset(Map<String, String> options) {
    this.options = options;
  }

  /** Values of options by key, in the order in which they are told. */
  public Map<String, String> options() {
    return new LinkedHashMap<>(options);
  }

  /** For people: {@code a=1, b=2}. */
  String text() {
    return options.entrySet().stream()
        .map(option -> option.getKey() + "=" + option.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, String> pairs(String... keysAndValues) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int index = 0; index < keysAndValues.length; index += 2) {
      values.put(keysAndValues[index], keysAndValues[index + 1]);
    }
    return values;
  }
}
