package dev.quadstream.stream.operator;

import dev.quadstream.metric.DistanceMeans;
import dev.quadstream.network.file.ModelInfo;
import dev.quadstream.training.MergedModel;
import java.util.Map;

/** What a model's file says beyond the parameters for replicas that go on from it. */
final class MergedFacts {

  private static final String RUN = "run";
  private static final String MEAN_POSITIVE = "meanPositive";
  private static final String MEAN_NEGATIVE = "meanNegative";

  private MergedFacts() {}

  static Map<String, String> of(MergedModel model) {
    return Map.of(
        RUN, model.run(),
        MEAN_POSITIVE, Double.toString(model.means().positive()),
        MEAN_NEGATIVE, Double.toString(model.means().negative()));
  }

  /**
   * The means of a file.
   *
   * @throws IllegalArgumentException where they are not there, or are no numbers
   */
  static DistanceMeans meansOf(ModelInfo info) {
    return new DistanceMeans(number(info, MEAN_POSITIVE), number(info, MEAN_NEGATIVE));
  }

  private static double number(ModelInfo info, String name) {
    String text = info.extra().get(name);
    if (text == null) {
      throw new IllegalArgumentException("The model's file does not say its " + name + ".");
    }
    return Double.parseDouble(text);
  }
}
